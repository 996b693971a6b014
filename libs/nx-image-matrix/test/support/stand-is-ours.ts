import { isOurs } from '../../../../tools/stand/lib/ports.mjs';

/**
 * Before the first test that pushes: another program may use the port by now.
 * @throws Error if the registry of the environment was not started by the stand.
 */
export async function requireOwnRegistry(): Promise<void> {
  const { STAND_REGISTRY: server, STAND_TOKEN: token } = process.env;
  if (server === undefined || (await isOurs(server, token))) return;
  throw new Error(
    `The server at ${server} is not the registry of the stand: run "tools/stand/stand up", ` +
      'then eval "$(tools/stand/stand env)".',
  );
}
