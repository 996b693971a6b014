import { request } from 'node:http';
import { connect } from 'node:net';

/** Where a port of a container can be reached. */
export interface Address {
  host: string;
  port: number;
}

/** Bytes of the body of an answer that are read. */
const LARGEST_BODY = 1_000_000;
/**
 * Milliseconds that a connection must last: a proxy of the engine accepts it, and closes it at once if nothing listens
 * in the container.
 */
const LASTING = 300;

/** Whether something listens at an address. */
export function asksTcp({ host, port }: Address, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const timer = setTimeout(() => end(false), timeout);
    let lasting: NodeJS.Timeout | undefined;
    const end = (answers: boolean): void => {
      clearTimeout(timer);
      clearTimeout(lasting);
      socket.destroy();
      resolve(answers);
    };
    socket.on('connect', () => (lasting = setTimeout(() => end(true), LASTING)));
    socket.on('data', () => end(true));
    for (const event of ['end', 'close', 'error']) socket.on(event, () => end(false));
  });
}

/** The answer to a GET request, whose redirects are not followed, or why there is none. */
export function askHttp(
  { host, port }: Address,
  path: string,
  timeout: number,
): Promise<{ status: number; body: string } | string> {
  return new Promise((resolve) => {
    const call = request({ host, port, path, agent: false, headers: { 'user-agent': 'nx-image-matrix' } }, (answer) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const end = (): void => {
        clearTimeout(timer);
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
        call.destroy();
      };
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > LARGEST_BODY) end();
      });
      answer.on('end', end);
      answer.on('error', (error) => resolve(error.message));
    });
    const timer = setTimeout(() => call.destroy(new Error(`none within ${Math.ceil(timeout / 1_000)} s`)), timeout);
    call.on('error', (error) => {
      clearTimeout(timer);
      resolve(error.message);
    });
    call.end();
  });
}
