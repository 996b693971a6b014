import { join } from 'node:path';
import { engines } from '../engines.ts';
import { EngineError } from '../errors.ts';
import { retry } from '../process/retry.ts';
import { run } from '../process/run.ts';
import type { Finished } from '../process/run.ts';
import { masked } from '../secrets/mask.ts';
import { authKeys, readDockerConfig, writePrivate } from './config.ts';
import { registryError } from './failure.ts';
import { isLoopback } from '@nx-image-matrix/manifest/reference';
import { transientFailure } from './transient.ts';

export interface Login {
  registry: string;
  user: string;
  password: string;
  /** The registry speaks plain HTTP, though it is not on this machine. */
  insecure?: boolean;
}

const policy = { tries: 4, total: 120_000, wait: 1_000, longestWait: 10_000 };

/**
 * Logs in to a registry with whichever engine command there is; the password goes through stdin. Afterwards the folder
 * holds the login in the file of each engine.
 *
 * @throws EngineError `unauthorized`, `not-found`, `registry-failed`, `no-engine`
 */
export async function loginTo(configDir: string, login: Login, environment: NodeJS.ProcessEnv): Promise<void> {
  await keepOutOfKeychain(configDir, login.registry);
  await retry((remaining) => attempt(configDir, login, environment, remaining), {
    policy,
    transient: transientFailure,
  });
  await shareLogins(configDir);
}

async function attempt(
  configDir: string,
  login: Login,
  environment: NodeJS.ProcessEnv,
  timeout: number,
): Promise<void> {
  const { exitCode, stderr } = await runLogin(configDir, login, environment, timeout);
  if (exitCode === 0) return;
  throw registryError(
    `${login.user} was not logged in to ${login.registry}`,
    login.registry,
    masked(stderr).split('\n'),
    {
      fallback: 'registry-failed',
      unauthorized: 'check the values of the variables that `user` and `pwd` of the manifest name',
    },
  );
}

async function runLogin(
  configDir: string,
  { registry, user, password, insecure }: Login,
  environment: NodeJS.ProcessEnv,
  timeout: number,
): Promise<Finished> {
  const plainHttp = insecure === true || isLoopback(registry);
  const options = { environment: { ...environment, DOCKER_CONFIG: configDir }, input: password, timeout };
  for (const { program, login } of engines) {
    try {
      const file = join(configDir, login.file);
      return await run(program, login.command({ registry, user, plainHttp, file }), options);
    } catch (error) {
      if (!(error instanceof EngineError && error.code === 'no-engine')) throw error;
    }
  }
  const programs = engines.map(({ program }) => program).join(' nor ');
  throw new EngineError('no-engine', `no login to ${registry}: neither ${programs} is installed`);
}

/** Without an entry of its own, docker would look for a keychain and overwrite what the user has in there. */
async function keepOutOfKeychain(configDir: string, registry: string): Promise<void> {
  const path = join(configDir, 'config.json');
  const config = await readDockerConfig(path);
  const key = authKeys(registry)[0] ?? registry;
  await writePrivate(path, { ...config, credHelpers: { ...config.credHelpers, [key]: '' } });
}

/** Whoever asks no helpers would run one without a name, so such a file has the logins only; and the other way round. */
async function shareLogins(configDir: string): Promise<void> {
  const files = new Map(engines.map(({ login }) => [join(configDir, login.file), login.helpers]));
  const configs = await Promise.all([...files].map(async ([path]) => readDockerConfig(path)));
  const auths = Object.assign({}, ...configs.toReversed().map((config) => config.auths));
  for (const [index, [path, helpers]] of [...files].entries()) {
    await writePrivate(path, { ...(helpers && configs[index]), auths });
  }
}
