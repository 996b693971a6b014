import { isOurs } from '../../../../tools/stand/lib/ports.mjs';

/**
 * Before the first test that pushes: another program may have the port by now.
 * @throws Error when the registry of the environment is not the one that the stand has started.
 */
export async function requireOwnRegistry(): Promise<void> {
  const { STAND_REGISTRY: server, STAND_TOKEN: token } = process.env;
  if (server === undefined || (await isOurs(server, token))) return;
  throw new Error(
    `The server at ${server} is not the registry of the stand: run "tools/stand/stand up", ` +
      'then eval "$(tools/stand/stand env)".',
  );
}
