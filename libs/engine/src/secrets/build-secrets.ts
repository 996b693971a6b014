import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { BuildSecret } from '../engine.ts';
import { variableOf } from '../environment.ts';
import { EngineError } from '../errors.ts';
import { messageOf } from '../unknown.ts';
import { allowedFile, checkVariable, secretPath, type SecretLimits } from './limits.ts';
import { hide } from './mask.ts';
import type { Secret } from './secret.ts';

/** BuildKit's limit (`MaxSecretSize` of its session/secrets). */
const largest = 500 * 1024;

export interface ResolvedSecret extends Secret {
  /** In the engine's form: with either a variable that is set or a real path. */
  request: BuildSecret;
}

/**
 * Reads the values of build secrets, and masks them in all output. If a secret has both, the variable overrides the
 * file; a path is relative to the build context, and `~/` is the user's home.
 *
 * @throws EngineError `missing-secret`, with what to set or write; `refused-secret`, with what may not be read and who
 * can allow it
 */
export async function resolveBuildSecrets(
  secrets: readonly BuildSecret[],
  contextDir: string,
  environment: NodeJS.ProcessEnv,
  limits: SecretLimits,
): Promise<ResolvedSecret[]> {
  // Before any value is read.
  for (const secret of secrets) checkVariable(secret, limits);
  return Promise.all(secrets.map((secret) => resolveSecret(secret, contextDir, environment, limits)));
}

async function resolveSecret(
  secret: BuildSecret,
  contextDir: string,
  environment: NodeJS.ProcessEnv,
  limits: SecretLimits,
): Promise<ResolvedSecret> {
  const { id, env, src } = secret;
  const value = env && variableOf(environment, env);
  if (value) return known({ from: `the environment variable ${env}`, value, request: { id, env } });
  if (!src) throw missing(id, `the environment variable ${env ?? id}, which is not set`, 'set it for this run');
  const from = `the file ${src}`;
  const path = secretPath(src, contextDir);
  const real = await allowedFile(secret, path, limits);
  if (real === undefined) throw missing(id, `${from}, which does not exist`, `looked for it at ${path}`);
  // The engine opens the file again, and must not be redirected by a link.
  return known({ from, value: await readSecretFile(id, real, from), request: { id, src: real } });
}

async function readSecretFile(id: string, path: string, from: string): Promise<string> {
  let file: FileHandle | undefined;
  try {
    // Without this flag, opening a pipe waits for a writer.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (!(await file.stat()).isFile()) throw missing(id, `${from}, which is not a file`, `it lies at ${path}`);
    // By bytes read: a file may report a wrong size.
    const { buffer, bytesRead } = await file.read(Buffer.alloc(largest + 1), 0, largest + 1, 0);
    if (bytesRead > largest) {
      throw missing(id, `${from}, which is larger than the 500 kB that an engine takes`, `it lies at ${path}`);
    }
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw missing(id, `${from}, which cannot be read`, messageOf(error));
  } finally {
    await file?.close();
  }
}

function known(secret: ResolvedSecret): ResolvedSecret {
  hide(secret.value);
  return secret;
}

function missing(id: string, what: string, hint: string): EngineError {
  return new EngineError('missing-secret', `the build secret "${id}" needs ${what}`, { hint });
}
