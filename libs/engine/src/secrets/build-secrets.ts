import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { BuildSecret } from '../engine.ts';
import { EngineError } from '../errors.ts';
import { hide } from './mask.ts';
import type { Secret } from './secret.ts';

/** BuildKit takes no more (`MaxSecretSize` of its session/secrets). */
const largest = 500 * 1024;

export interface ResolvedSecret extends Secret {
  /** As the engine takes it: with either a variable that is set or an absolute path. */
  request: BuildSecret;
}

/**
 * Finds the values of build secrets, and hides them from all output. The variable goes before the file where a secret
 * has both; a path is relative to the build context, and `~/` is the user's home.
 *
 * @throws EngineError `missing-secret`, naming what has to be set or written
 */
export async function resolveBuildSecrets(
  secrets: readonly BuildSecret[],
  contextDir: string,
  environment: NodeJS.ProcessEnv,
): Promise<ResolvedSecret[]> {
  return Promise.all(secrets.map((secret) => resolveSecret(secret, contextDir, environment)));
}

async function resolveSecret(
  { id, env, src }: BuildSecret,
  contextDir: string,
  environment: NodeJS.ProcessEnv,
): Promise<ResolvedSecret> {
  const value = env && environment[env];
  if (value) return known({ from: `the environment variable ${env}`, value, request: { id, env } });
  if (!src) throw missing(id, `the environment variable ${env ?? id}, which is not set`, 'Set it for this run.');
  const path = src.startsWith('~/') ? resolve(homedir(), src.slice(2)) : resolve(contextDir, src);
  const from = `the file ${src}`;
  return known({ from, value: await readSecretFile(id, path, from), request: { id, src: path } });
}

async function readSecretFile(id: string, path: string, from: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw missing(id, `${from}, which does not exist`, `Looked for it at ${path}.`);
  if (!found.isFile()) throw missing(id, `${from}, which is no file`, `It lies at ${path}.`);
  if (found.size > largest) {
    throw missing(id, `${from}, which is larger than the 500 kB that an engine takes`, `It lies at ${path}.`);
  }
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw missing(id, `${from}, which cannot be read`, (error as Error).message);
  }
}

function known(secret: ResolvedSecret): ResolvedSecret {
  hide(secret.value);
  return secret;
}

function missing(id: string, what: string, hint: string): EngineError {
  return new EngineError('missing-secret', `the build secret "${id}" needs ${what}`, { hint });
}
