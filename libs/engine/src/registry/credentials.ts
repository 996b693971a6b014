import { engines } from '../engines.ts';
import { EngineError } from '../errors.ts';
import { run } from '../process/run.ts';
import { hide } from '../secrets/mask.ts';
import { authKeys, dockerConfigDir, readDockerConfig, valueOf } from './config.ts';
import type { DockerConfig } from './config.ts';
import type { Credentials, RunMemory } from './run-memory.ts';
import { plainLine } from './words.ts';

/**
 * The login that an engine would use for a registry: the first that the engines' files, and the credential helpers
 * named in them, provide. `undefined` if there is none. Each helper is asked once per run memory.
 *
 * @throws EngineError `unauthorized` with the helper's message if it fails and there is no other login
 */
export function findCredentials(
  registry: string,
  environment: NodeJS.ProcessEnv = process.env,
  memory?: RunMemory,
): Promise<Credentials | undefined> {
  const key = `${registry} ${dockerConfigDir(environment)}`;
  const found = memory?.logins.get(key) ?? lookUp(registry, environment);
  memory?.logins.set(key, found);
  return found;
}

async function lookUp(registry: string, environment: NodeJS.ProcessEnv): Promise<Credentials | undefined> {
  let failure: EngineError | undefined;
  for (const [path, helpers] of loginFiles(environment)) {
    const config = await readDockerConfig(path);
    const found = fromFile(config, registry) ?? (helpers ? await fromHelper(config, registry, environment) : undefined);
    if (found instanceof EngineError) failure ??= found;
    else if (found) {
      hide('password' in found ? found.password : found.identityToken);
      return found;
    }
  }
  if (failure) throw failure;
  return undefined;
}

/** The user's own login files without duplicates, and whether credential helpers apply to each. */
function loginFiles(environment: NodeJS.ProcessEnv): Map<string, boolean> {
  const files = new Map<string, boolean>();
  for (const { login } of engines) {
    const path = login.userFile(environment);
    if (path && !files.has(path)) files.set(path, login.helpers);
  }
  return files;
}

function fromFile(config: DockerConfig, registry: string): Credentials | undefined {
  for (const key of authKeys(registry)) {
    const { identitytoken: identityToken, auth = '' } = valueOf(config.auths, key) ?? {};
    if (identityToken) return { identityToken };
    const [user, password] = splitOnce(Buffer.from(auth, 'base64').toString('utf8'));
    if (user && password) return { user, password };
  }
  return undefined;
}

/** Seconds for a helper to answer; docker itself waits without a limit. */
const helperTime = 10;

async function fromHelper(
  config: DockerConfig,
  registry: string,
  environment: NodeJS.ProcessEnv,
): Promise<Credentials | EngineError | undefined> {
  for (const key of authKeys(registry)) {
    const helper = valueOf(config.credHelpers, key) ?? config.credsStore;
    if (!helper) continue;
    const answer = await askHelper(helper, key, registry, environment);
    if (answer) return answer;
  }
  return undefined;
}

/** https://github.com/docker/docker-credential-helpers: the server on stdin; JSON, or an error message, on stdout. */
async function askHelper(
  helper: string,
  server: string,
  registry: string,
  environment: NodeJS.ProcessEnv,
): Promise<Credentials | EngineError | undefined> {
  const command = `docker-credential-${helper}`;
  if (!/^[\w.-]+$/.test(helper)) return failed(command, registry, 'that is not the name of a helper');
  try {
    const { exitCode, stdout, stderr } = await run(command, ['get'], {
      environment,
      input: server,
      timeout: helperTime * 1000,
      grace: 1_000,
    });
    if (exitCode !== 0 && /credentials not found|missing server|no credentials/i.test(stdout + stderr))
      return undefined;
    if (exitCode !== 0) return failed(command, registry, stderr || stdout || `it ended with ${exitCode ?? 'a signal'}`);
    return readHelper(stdout) ?? undefined;
  } catch (error) {
    const code = error instanceof EngineError ? error.code : undefined;
    if (code === 'interrupted') throw error;
    if (code === 'no-engine') return failed(command, registry, 'it is not installed');
    if (code === 'timeout')
      return new SilentHelper(failed(command, registry, `it did not answer within ${helperTime} s`));
    return failed(command, registry, 'its answer is not JSON');
  }
}

function readHelper(stdout: string): Credentials | undefined {
  const { Username, Secret }: { Username?: unknown; Secret?: unknown } = JSON.parse(stdout);
  if (typeof Username !== 'string' || typeof Secret !== 'string' || !Username || !Secret) return undefined;
  return Username === '<token>' ? { identityToken: Secret } : { user: Username, password: Secret };
}

/** An engine would wait for this helper for ever. */
export class SilentHelper extends EngineError {
  constructor({ code, message, hint }: EngineError) {
    super(code, message, { hint });
  }
}

function failed(command: string, registry: string, words: string): EngineError {
  return new EngineError(
    'unauthorized',
    `${plainLine(command, 80)} has no login for ${registry}: ${plainLine(words, 300)}`,
    {
      hint: "run it by hand, or take it out of `credsStore` and `credHelpers` of docker's configuration",
    },
  );
}

function splitOnce(text: string): [string, string] {
  const colon = text.indexOf(':');
  return colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
}
