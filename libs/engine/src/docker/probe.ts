import { EngineError } from '../errors.ts';
import { normalizePlatform, normalizePlatforms, ownPlatform } from '../platform.ts';
import { run } from '../process/run.ts';
import type { Finished } from '../process/run.ts';

export interface DockerFacts {
  /** Version of the daemon. */
  version: string;
  /** Name of the builder that sees the daemon's images: that of the current docker context. */
  builder: string;
  /** Whether images are in containerd's image store, which supports several platforms and pinning by digest. */
  containerdStore: boolean;
  /** The driver of the builder that builds: `docker` is the daemon itself. */
  driver: string;
  /** The platform of a build that names none. */
  platforms: string[];
  /** Whether the daemon answers; without it, a builder elsewhere can still build. */
  hasDaemon: boolean;
}

/** The fields used from `docker info --format '{{json .}}'`. */
export interface DockerInfo {
  ServerVersion?: string;
  ServerErrors?: string[];
  OSType?: string;
  Architecture?: string;
  DriverStatus?: string[][] | null;
  ClientInfo?: { Context?: string; Plugins?: { Name?: string; Err?: string }[] | null };
}

/**
 * Checks whether docker can build: the daemon answers and buildx is installed. Starts one process, and another if
 * `BUILDX_BUILDER` names a builder, which may be for another platform than the daemon.
 *
 * @throws EngineError `no-engine` without client or buildx, `daemon-failed` if the daemon does not answer and is needed,
 * `builder-failed` if the builder cannot be used
 */
export async function probeDocker(program: string, environment: NodeJS.ProcessEnv): Promise<DockerFacts> {
  try {
    const { exitCode, stdout, stderr } = await askDaemon(program, environment);
    const facts = readDockerInfo(program, parseInfo(stdout), exitCode, stderr);
    return { ...facts, ...(await builderFacts(program, facts, environment)) };
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'daemon-failed' || !environment['BUILDX_BUILDER'])
      throw error;
    const facts = { ...withoutDaemon, platforms: [ownPlatform()] };
    const ofBuilder = await builderFacts(program, facts, environment);
    if (ofBuilder.driver === 'docker') throw error;
    return { ...facts, ...ofBuilder };
  }
}

const withoutDaemon = {
  version: 'without a daemon',
  builder: 'default',
  driver: 'docker',
  containerdStore: false,
  hasDaemon: false,
};

/** Like buildx: `DOCKER_DEFAULT_PLATFORM`, else the builder's platform. */
async function builderFacts(
  program: string,
  { platforms: daemon, driver }: DockerFacts,
  environment: NodeJS.ProcessEnv,
): Promise<Pick<DockerFacts, 'platforms' | 'driver'>> {
  const wanted = environment['DOCKER_DEFAULT_PLATFORM'];
  const builder = environment['BUILDX_BUILDER'];
  const platforms = wanted ? normalizePlatforms([wanted], daemon[0]) : daemon;
  if (!builder) return { platforms, driver };
  // A builder that is not running says nothing of its platforms.
  const inspect = ['buildx', 'inspect', '--bootstrap', builder];
  const { exitCode, stdout, stderr } = await run(program, inspect, { environment, timeout: 120_000 });
  const problem = exitCode === 0 ? /^Error:\s*(.*)/m.exec(stdout)?.[1] : stderr.trim() || 'it cannot be inspected';
  if (problem !== undefined) throw builderFailed(builder, problem);
  const own = /^Platforms:\s+([^\s,*]+)/m.exec(stdout)?.[1];
  return {
    platforms: wanted || own === undefined ? platforms : [normalizePlatform(own)],
    driver: /^Driver:\s+(\S+)/m.exec(stdout)?.[1] ?? driver,
  };
}

async function askDaemon(program: string, environment: NodeJS.ProcessEnv): Promise<Finished> {
  try {
    return await run(program, ['info', '--format', '{{json .}}'], { environment, timeout: 30_000 });
  } catch (error) {
    throw error instanceof EngineError && error.code === 'timeout' ? daemonError(program, error.message) : error;
  }
}

export function readDockerInfo(
  program: string,
  info: DockerInfo,
  exitCode: number | undefined,
  stderr: string,
): DockerFacts {
  const serverErrors = info.ServerErrors ?? [];
  if (!info.ServerVersion && info.ClientInfo === undefined && exitCode === 0) {
    throw new EngineError('no-engine', `\`${program}\` is a stand-in of another engine`);
  }
  if (!info.ServerVersion || serverErrors.length > 0) {
    // The client prints the same for both.
    throw daemonError(program, [...new Set([...serverErrors, ...stderr.split('\n')])].join('\n'));
  }
  const buildx = info.ClientInfo?.Plugins?.find(({ Name }) => Name === 'buildx');
  if (!buildx || buildx.Err) {
    throw new EngineError('no-engine', `${program} ${buildx ? 'cannot start its' : 'has no'} buildx plugin`, {
      hint: 'install buildx: https://docs.docker.com/go/buildx/',
      output: buildx?.Err,
    });
  }
  return {
    version: info.ServerVersion,
    platforms: [
      info.Architecture ? normalizePlatform(`${info.OSType ?? 'linux'}/${info.Architecture}`) : ownPlatform(),
    ],
    builder: info.ClientInfo?.Context || 'default',
    driver: 'docker',
    hasDaemon: true,
    containerdStore: (info.DriverStatus ?? []).some(
      ([key, value]) => key === 'driver-type' && value?.startsWith('io.containerd.snapshotter'),
    ),
  };
}

function builderFailed(builder: string, output: string): EngineError {
  const missing = /no builder .* found/i.test(output);
  return new EngineError(
    'builder-failed',
    `the builder "${builder}" ${missing ? 'does not exist' : 'cannot be used'}`,
    {
      hint: '`docker buildx ls` shows the builders; the plugin option `builder` or the variable BUILDX_BUILDER names it',
      output: missing ? undefined : output,
    },
  );
}

/** The error for a daemon that does not answer, from the output of its client. */
export function daemonError(program: string, output: string): EngineError {
  if (/permission denied/i.test(output)) {
    return new EngineError('daemon-failed', `this user may not talk to the daemon of ${program}`, {
      hint: 'add the user to the group `docker` and log in again, or use rootless docker or podman',
      output: output.trim(),
    });
  }
  return new EngineError('daemon-failed', `the ${program} daemon does not answer`, {
    hint: 'start it (`systemctl start docker`, or Docker Desktop), or check DOCKER_HOST and `docker context ls`',
    output: output.trim(),
  });
}

function parseInfo(stdout: string): DockerInfo {
  try {
    return JSON.parse(stdout) as DockerInfo;
  } catch {
    return {};
  }
}
