import { rm, symlink } from 'node:fs/promises';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '../errors.ts';
import { onInterrupt } from '../process/interrupt.ts';
import { makePrivateFolder } from '../process/private-folder.ts';
import { hide } from '../secrets/mask.ts';
import { authKeys, dockerConfigDir, hasLogin, readDockerConfig, writePrivate } from './config.ts';
import { loginTo } from './login.ts';
import type { Credentials } from './run-memory.ts';
import type { RegistrySession } from './registry-session.ts';

/** Plugins, contexts, and TLS certificates of a daemon, which docker looks for next to its configuration. */
const shared = ['cli-plugins', 'contexts', 'ca.pem', 'cert.pem', 'key.pem'];

/**
 * Opens a private `DOCKER_CONFIG` (mode 0700). It is removed by `close()`, and when this process exits or is
 * interrupted; if it is killed, by the next session. The user's own logins and credential helpers are not changed, and
 * copied only with `ownLogins`.
 */
export async function openRegistrySession(
  environment: NodeJS.ProcessEnv = process.env,
  { insecure, ownLogins = false }: { insecure?: readonly string[]; ownLogins?: boolean } = {},
): Promise<RegistrySession> {
  const configDir = makePrivateFolder();
  const forget = onInterrupt(() => rmSync(configDir, { recursive: true, force: true }));
  const userDir = dockerConfigDir(environment);
  const own = await readDockerConfig(join(userDir, 'config.json'));
  const { auths: _, credHelpers: __, credsStore: ___, ...settings } = own;
  await writePrivate(join(configDir, 'config.json'), ownLogins ? own : settings);
  for (const name of shared) {
    if (existsSync(join(userDir, name))) await symlink(join(userDir, name), join(configDir, name));
  }

  let previous: Promise<unknown> = Promise.resolve();
  let open = true;
  return {
    configDir,
    login(registry, user, password) {
      hide(password);
      // Each login rewrites the same file.
      const current = previous.then(() => {
        if (!open) throw new EngineError('registry-failed', `no login to ${registry}: the session is closed`);
        return loginTo(configDir, { registry, user, password, insecure: insecure?.includes(registry) }, environment);
      });
      previous = current.catch(() => {});
      return current;
    },
    async keep(registry, login) {
      const path = join(configDir, 'config.json');
      const config = await readDockerConfig(path);
      const [key = registry] = authKeys(registry);
      await writePrivate(path, { ...config, auths: { ...config.auths, [key]: entryOf(login) } });
    },
    async close() {
      open = false;
      await previous;
      await rm(configDir, { recursive: true, force: true });
      forget();
    },
  };
}

/** The entry of a login in `config.json`. */
function entryOf(login: Credentials): { auth: string; identitytoken?: string } {
  // Docker writes a token beside a login without a password.
  if ('identityToken' in login) {
    hide(login.identityToken);
    return {
      auth: Buffer.from('00000000-0000-0000-0000-000000000000:').toString('base64'),
      identitytoken: login.identityToken,
    };
  }
  hide(login.password);
  return { auth: Buffer.from(`${login.user}:${login.password}`).toString('base64') };
}

/** The session's folder if it has a login for this registry; otherwise the user's own logins should be used. */
export async function sessionFor(registry: string, session: RegistrySession | undefined): Promise<string | undefined> {
  if (!session) return undefined;
  const config = await readDockerConfig(join(session.configDir, 'config.json'));
  return hasLogin(config, registry) ? session.configDir : undefined;
}
