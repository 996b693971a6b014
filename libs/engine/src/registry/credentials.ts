import { join } from 'node:path';
import { run } from '../process/run.ts';
import { hide } from '../secrets/mask.ts';
import { authKeys, dockerConfigDir, readDockerConfig } from './config.ts';
import type { DockerConfig } from './config.ts';

/** A user with a password (or access token), or the identity token that an earlier login left. */
export type Credentials = { user: string; password: string } | { identityToken: string };

/**
 * The login that an engine would use for a registry: from docker's configuration, its credential helpers, or podman's
 * `auth.json`. Undefined when there is none.
 */
export async function findCredentials(
  registry: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Credentials | undefined> {
  const config = await readDockerConfig(join(dockerConfigDir(environment), 'config.json'));
  const credentials =
    fromFile(config, registry) ??
    (await fromHelper(config, registry, environment)) ??
    fromFile(await podmanConfig(environment), registry);
  if (credentials) hide('password' in credentials ? credentials.password : credentials.identityToken);
  return credentials;
}

function fromFile(config: DockerConfig, registry: string): Credentials | undefined {
  for (const key of authKeys(registry)) {
    const identityToken = config.auths?.[key]?.identitytoken;
    if (identityToken) return { identityToken };
    const [user, password] = splitOnce(Buffer.from(config.auths?.[key]?.auth ?? '', 'base64').toString('utf8'));
    if (user && password) return { user, password };
  }
  return undefined;
}

async function fromHelper(config: DockerConfig, registry: string, environment: NodeJS.ProcessEnv) {
  for (const key of authKeys(registry)) {
    const helper = config.credHelpers?.[key] ?? config.credsStore;
    if (!helper) continue;
    const credentials = await askHelper(helper, key, environment);
    if (credentials) return credentials;
  }
  return undefined;
}

/** https://github.com/docker/docker-credential-helpers: the server on stdin, JSON on stdout. */
async function askHelper(
  helper: string,
  server: string,
  environment: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  try {
    const { stdout } = await run(`docker-credential-${helper}`, ['get'], {
      environment,
      input: server,
      timeout: 10_000,
    });
    const { Username, Secret } = JSON.parse(stdout) as { Username?: string; Secret?: string };
    if (!Username || !Secret) return undefined;
    return Username === '<token>' ? { identityToken: Secret } : { user: Username, password: Secret };
  } catch {
    return undefined;
  }
}

async function podmanConfig(environment: NodeJS.ProcessEnv): Promise<DockerConfig> {
  const runtimeDir = environment['XDG_RUNTIME_DIR'];
  const path = environment['REGISTRY_AUTH_FILE'] ?? (runtimeDir && join(runtimeDir, 'containers', 'auth.json'));
  return path ? readDockerConfig(path) : {};
}

function splitOnce(text: string): [string, string] {
  const colon = text.indexOf(':');
  return colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}
