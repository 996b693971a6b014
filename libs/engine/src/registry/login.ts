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
  /** The registry uses plain HTTP, although it is not on a loopback address. */
  insecure?: boolean;
}

const policy = { tries: 4, total: 120_000, wait: 1_000, longestWait: 10_000 };

/**
 * Logs in to a registry with any available engine command; passes the password on stdin. The folder then contains the
 * login in the file format of each engine.
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

/** Without this entry, docker would look for a keychain and overwrite the user's login in it. */
async function keepOutOfKeychain(configDir: string, registry: string): Promise<void> {
  const path = join(configDir, 'config.json');
  const config = await readDockerConfig(path);
  const key = authKeys(registry)[0] ?? registry;
  await writePrivate(path, { ...config, credHelpers: { ...config.credHelpers, [key]: '' } });
}

/** Engines that do not use helpers would run one without a name, so this file contains only logins; and vice versa. */
async function shareLogins(configDir: string): Promise<void> {
  const files = new Map(engines.map(({ login }) => [join(configDir, login.file), login.helpers]));
  const configs = await Promise.all([...files].map(async ([path]) => readDockerConfig(path)));
  const auths = Object.assign({}, ...configs.toReversed().map((config) => config.auths));
  for (const [index, [path, helpers]] of [...files].entries()) {
    await writePrivate(path, { ...(helpers && configs[index]), auths });
  }
}
