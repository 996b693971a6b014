import type { Server } from 'node:net';

/** The port that a server listens on. @throws Error if it does not listen on one */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address.port;
}
