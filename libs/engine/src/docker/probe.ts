import { EngineError } from '../errors.ts';
import { run } from '../process/run.ts';

export interface DockerFacts {
  /** Version of the daemon. */
  version: string;
  /** Name of the builder that sees the daemon's own images: that of the current docker context. */
  builder: string;
  /** Whether images are kept in containerd's image store, which holds several platforms and can be pinned by digest. */
  containerdStore: boolean;
}

/** The part of `docker info --format '{{json .}}'` that is read here. */
export interface DockerInfo {
  ServerVersion?: string;
  ServerErrors?: string[];
  DriverStatus?: string[][] | null;
  ClientInfo?: { Context?: string; Plugins?: { Name?: string; Err?: string }[] | null };
}

/**
 * Asks docker whether it can build: daemon reachable, buildx there. One process.
 *
 * @throws EngineError `no-engine` without client or buildx, `daemon` when the daemon does not answer
 */
export async function probeDocker(environment: NodeJS.ProcessEnv): Promise<DockerFacts> {
  const { exitCode, stdout, stderr } = await run('docker', ['info', '--format', '{{json .}}'], {
    environment,
    timeout: 30_000,
  });
  return readDockerInfo(parseInfo(stdout), exitCode, stderr);
}

export function readDockerInfo(info: DockerInfo, exitCode: number | undefined, stderr: string): DockerFacts {
  const serverErrors = info.ServerErrors ?? [];
  if (!info.ServerVersion && info.ClientInfo === undefined && exitCode === 0) {
    throw new EngineError('no-engine', '`docker` is a stand-in of another engine');
  }
  if (!info.ServerVersion || serverErrors.length > 0) {
    throw daemonError([...serverErrors, stderr].join('\n'));
  }
  const plugins = info.ClientInfo?.Plugins ?? [];
  if (!plugins.some((plugin) => plugin.Name === 'buildx' && !plugin.Err)) {
    throw new EngineError('no-engine', 'docker has no buildx plugin', {
      hint: 'Install buildx: https://docs.docker.com/go/buildx/',
    });
  }
  return {
    version: info.ServerVersion,
    builder: info.ClientInfo?.Context || 'default',
    containerdStore: (info.DriverStatus ?? []).some(
      ([key, value]) => key === 'driver-type' && value?.startsWith('io.containerd.snapshotter'),
    ),
  };
}

export function daemonError(output: string): EngineError {
  return new EngineError('daemon', 'the docker daemon does not answer', {
    hint: 'Start it (`systemctl start docker`, or Docker Desktop), or check DOCKER_HOST and `docker context ls`.',
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
