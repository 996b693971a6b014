import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildError } from '../build-error.ts';
import { buildEnvironment } from '../build-environment.ts';
import { BuildLog } from '../build-log.ts';
import type { EngineDefinition } from '../definition.ts';
import type { BuildRequest, BuiltImage, Engine, EngineImage, Pin, PullOptions, PushOptions } from '../engine.ts';
import { EngineError } from '../errors.ts';
import { makePrivateFolder } from '../process/private-folder.ts';
import { run } from '../process/run.ts';
import type { Finished } from '../process/run.ts';
import { registryError } from '../registry/failure.ts';
import { markTransient } from '../registry/transient.ts';
import { pushWithRetries } from '../registry/push.ts';
import { registryOf } from '@nx-image-matrix/manifest/reference';
import { sessionFor } from '../registry/session.ts';
import { dockerConfigDir } from '../registry/config.ts';
import { isDigest } from '../registry/manifest.ts';
import { isObject } from '../unknown.ts';
import { provenanceEnvironment } from './attestations.ts';
import { buildCommand, rewritesTimestamps, type DockerBuildRequest } from './build-command.ts';
import { dockerImages, inspectImages } from './images.ts';
import { PULL_TIMEOUT } from '../registry/pull-timeout.ts';
import { save } from '../process/save.ts';
import { daemonError, probeDocker } from './probe.ts';
import type { DockerFacts } from './probe.ts';
import { daemonSocket } from './socket.ts';

/**
 * docker with buildx, after checking that it works.
 * @throws EngineError `no-engine` or `daemon-failed`
 */
export async function openDocker(definition: EngineDefinition, environment: NodeJS.ProcessEnv): Promise<Engine> {
  return dockerEngine(definition, await probeDocker(definition.program, environment), environment);
}

/** An engine with the commands of docker. */
function dockerEngine(
  { name, program }: Pick<EngineDefinition, 'name' | 'program'>,
  facts: DockerFacts,
  environment: NodeJS.ProcessEnv,
): Engine {
  const { containerdStore } = facts;
  const daemon = { program, environment, containerdStore, socket: daemonSocket(environment, facts.builder) };
  let provenance: Promise<boolean> | undefined;

  async function images(references: string[]) {
    if (!facts.hasDaemon) return new Map<string, EngineImage>();
    return dockerImages(references, daemon);
  }

  async function build(request: BuildRequest): Promise<BuiltImage> {
    const started = performance.now();
    const [tag = ''] = request.tags;
    await checkPins(request.pins);
    if (request.target) {
      const digest = await buildToRepository(request);
      return {
        id: digest,
        digest,
        platform: only(request.platforms),
        duration: Math.round(performance.now() - started),
      };
    }
    const { exitCode, tail } = await runBuildToEnd(request);
    if (exitCode !== 0) throw buildError(tag, exitCode, tail);
    await checkPinsAfter(request);
    const image = (await inspectImages([tag], daemon)).get(tag);
    if (!image) throw notLoaded(name, tag, request.environment ?? environment, tail);
    if (!hasLabels(image.labels, request.labels)) throw overtaken(tag);
    return {
      id: image.id,
      digest: image.digest,
      size: image.size,
      platform: image.os && image.architecture ? `${image.os}/${image.architecture}` : undefined,
      duration: Math.round(performance.now() - started),
    };
  }

  async function buildArchive(request: BuildRequest, archive: string): Promise<void> {
    await checkPins(request.pins);
    const { exitCode, tail } = await runBuildToEnd({ ...request, archive });
    if (exitCode !== 0) throw buildError(request.tags[0] ?? '', exitCode, tail);
    await checkPins(request.pins);
  }

  /** Builds an image that goes to a repository; returns its digest there. */
  async function buildToRepository(request: BuildRequest): Promise<string> {
    const folder = makePrivateFolder();
    const metadataFile = join(folder, 'metadata.json');
    const [tag = ''] = request.tags;
    try {
      const { exitCode, tail } = await runBuildToEnd({ ...request, metadataFile });
      if (exitCode !== 0) throw buildError(tag, exitCode, tail);
      return await readDigest(tag, metadataFile);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** If a race was lost at the very end, everything is still cached, so another try costs little. */
  async function runBuildToEnd(request: DockerBuildRequest): Promise<Finished> {
    for (let tries = 1; ; tries += 1) {
      const finished = await runBuild(request);
      const race = raceIn(finished.tail);
      if (finished.exitCode === 0 || tries === 3 || race === undefined) return finished;
      request.onLine(`${name} ${race}; trying again`);
    }
  }

  async function runBuild(request: DockerBuildRequest): Promise<Finished> {
    provenance ??= knowsProvenance(program, environment);
    const own = withLogins(buildEnvironment(request, environment), request);
    const forBuild = await provenanceEnvironment(request, own);
    const args = buildCommand({ ...request, environment: forBuild }, { ...facts, provenance: await provenance });
    const { timeout, signal, onLine } = request;
    return run(program, args, { environment: forBuild, timeout, signal, onLine, tail: new BuildLog() });
  }

  /**
   * Pins parents by checking their IDs before and after, because BuildKit cannot: it looks for `docker-image://`
   * contexts and digests in registries first, and fails there for images that were only built locally (docker 26 with
   * containerd's image store; without that store a local image has no digest at all).
   */
  async function checkPins(pins: Pin[]): Promise<void> {
    if (pins.length === 0) return;
    const now = await images(pins.map(({ reference }) => reference));
    for (const { reference, image } of pins) {
      const id = now.get(reference)?.id;
      if (id === image.id) continue;
      throw markTransient(
        new EngineError('build-failed', `the parent image ${reference} is ${id ?? 'gone'}, not ${image.id}`, {
          hint: 'something else builds or removes it at the same time; build again',
        }),
      );
    }
  }

  /** An image that may have the wrong parent must not keep its name. */
  async function checkPinsAfter({ pins, tags, labels }: BuildRequest): Promise<void> {
    try {
      await checkPins(pins);
    } catch (error) {
      const named = await inspectImages(tags, daemon);
      const ours = [...named].filter(([, image]) => hasLabels(image.labels, labels)).map(([tag]) => tag);
      if (ours.length > 0) await command(['image', 'rm', ...ours]);
      throw error;
    }
  }

  async function command(args: string[]): Promise<{ ok: boolean; stderr: string }> {
    const { exitCode, stderr } = await run(program, args, { environment, timeout: 120_000 });
    if (exitCode !== 0 && /cannot connect|is the docker daemon running/i.test(stderr))
      throw daemonError(program, stderr);
    return { ok: exitCode === 0, stderr: stderr.trim() };
  }

  /** With containerd's image store, docker removes a name before setting it again, so two processes must take turns. */
  async function tagToEnd(source: string, target: string): Promise<{ ok: boolean; stderr: string }> {
    for (let tries = 1; ; tries += 1) {
      const result = await command(['image', 'tag', source, target]);
      if (result.ok || tries === 5 || !/already exists/i.test(result.stderr)) return result;
      await sleep(100 * tries * Math.random());
    }
  }

  return {
    name,
    version: facts.version,
    platforms: facts.platforms,
    ...(!rewritesTimestamps(facts) && {
      keepsFileTimes:
        'set the plugin option `builder` to a builder with the driver docker-container, kubernetes or remote',
    }),
    ...(facts.driver !== 'docker' && {
      builder: { name: environment['BUILDX_BUILDER'] ?? '', driver: facts.driver, loads: facts.hasDaemon },
    }),
    images,
    build,
    buildArchive,
    async tag(source, target) {
      const { ok, stderr } = await tagToEnd(source, target);
      if (ok) return;
      const code = /no such image/i.test(stderr) ? 'not-found' : 'command-failed';
      throw new EngineError(code, `${source} was not tagged ${target}: ${stderr}`);
    },
    async pull(source, target, options) {
      await pullToEnd(this, source, target, () => pull(program, source, options, environment));
    },
    async save(source, path, options) {
      await save(program, ['image', 'save', '--output', path, source], source, options, environment);
    },
    async remove(reference) {
      const { ok, stderr } = await command(['image', 'rm', reference]);
      if (ok || /no such image/i.test(stderr)) return;
      throw new EngineError('command-failed', `${reference} was not removed: ${stderr}`);
    },
    async push(reference, options) {
      return push(program, reference, options, environment);
    },
  };
}

/** The environment of a build, with the logins for parents in registries. */
function withLogins(environment: NodeJS.ProcessEnv, { config }: BuildRequest): NodeJS.ProcessEnv {
  if (!config) return environment;
  // Builders are in the folder of the user's logins.
  const builders = environment['BUILDX_CONFIG'] || join(dockerConfigDir(environment), 'buildx');
  return { ...environment, DOCKER_CONFIG: config.configDir, BUILDX_CONFIG: builders };
}

/** https://docs.docker.com/reference/cli/docker/buildx/build/#metadata-file */
async function readDigest(tag: string, metadataFile: string): Promise<string> {
  const metadata: unknown = JSON.parse(await readFile(metadataFile, 'utf8'));
  const digest = isObject(metadata) ? metadata['containerimage.digest'] : undefined;
  if (isDigest(digest)) return digest;
  throw new EngineError('build-failed', `${tag} was built, but the builder does not say which digest it has`);
}

function only(platforms: readonly string[]): string | undefined {
  return platforms.length === 1 ? platforms[0] : undefined;
}

/**
 * Leaves no name but the target: containerd's store would keep the image for `REPOSITORY@DIGEST` for ever. Another process
 * that pulls the same may remove that name before this one has read it.
 */
async function pullToEnd(
  engine: Pick<Engine, 'tag' | 'remove'>,
  source: string,
  target: string,
  pullOnce: () => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await pullOnce();
    try {
      await engine.tag(source, target);
      break;
    } catch (error) {
      if (tries === 3 || !(error instanceof EngineError && error.code === 'not-found')) throw error;
    }
  }
  await engine.remove(source).catch(() => {});
}

async function pull(program: string, source: string, options: PullOptions, environment: NodeJS.ProcessEnv) {
  const configDir = await sessionFor(registryOf(source), options.config);
  const { onLine, signal, timeout = PULL_TIMEOUT } = options;
  const { exitCode, tail } = await run(program, ['image', 'pull', '--quiet', source], {
    environment: configDir ? { ...environment, DOCKER_CONFIG: configDir } : environment,
    timeout,
    signal,
    onLine,
  });
  if (exitCode !== 0) throw registryError(`${source} was not pulled`, source, tail, { fallback: 'registry-failed' });
}

async function push(program: string, reference: string, options: PushOptions, environment: NodeJS.ProcessEnv) {
  const configDir = await sessionFor(registryOf(reference), options.config);
  const withLogin = configDir ? { ...environment, DOCKER_CONFIG: configDir } : environment;
  return pushWithRetries(reference, {
    ...options,
    environment: withLogin,
    async attempt(timeout) {
      const { onLine, signal } = options;
      const result = await run(program, ['image', 'push', reference], {
        environment: withLogin,
        timeout,
        signal,
        onLine,
      });
      return { ok: result.exitCode === 0, lines: result.tail, pushed: readPushed(result.tail) };
    },
  });
}

/** The last line of a push: `1.0: digest: sha256:... size: 1234`. */
function readPushed(lines: string[]): { digest: string; size: number } | undefined {
  for (const line of lines.toReversed()) {
    const match = /digest: (sha256:[0-9a-f]{64}) size: (\d+)/.exec(line);
    if (match?.[1]) return { digest: match[1], size: Number(match[2]) };
  }
  return undefined;
}

/**
 * The race that a build has lost, in words, if that is why it failed. Both were seen with docker 26 and containerd's image
 * store: its garbage collection, which the removal of another image triggers, takes a layer that is being unpacked; or
 * two builds give the same name at once.
 */
export function raceIn(lines: string[]): string | undefined {
  const last = lines.findLast((line) => line.startsWith('ERROR:')) ?? '';
  if (/parent snapshot \S+ does not exist: not found|^ERROR: failed to solve: not found$/.test(last)) {
    return 'lost a layer, as it does when another image is removed meanwhile';
  }
  if (/^ERROR: failed to solve: image "\S+": already exists$/.test(last)) {
    return 'could not name the image, as another build gave it the same name at that moment';
  }
  return undefined;
}

/** BuildKit's version does not tell, so read the help text. */
async function knowsProvenance(program: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const { stdout } = await run(program, ['buildx', 'build', '--help'], { environment, timeout: 30_000 });
  return stdout.includes('--provenance');
}

function hasLabels(labels: Record<string, string>, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

/** Two workspaces use the same name: the later build owns it, and the earlier one must not report it as its own. */
function overtaken(tag: string): EngineError {
  return markTransient(
    new EngineError('build-failed', `${tag} was built, but another build has given its name to another image`, {
      hint: 'something else builds an image of the same name on this engine: set the plugin option `prefix` in one of the two',
    }),
  );
}

function notLoaded(name: string, tag: string, environment: NodeJS.ProcessEnv, tail: string[]): EngineError {
  const builder = environment['BUILDX_BUILDER'];
  if (!builder) {
    return markTransient(
      new EngineError('build-failed', `${tag} was built, but something else has taken its name away meanwhile`, {
        hint: 'build again; if another workspace on this engine has images of the same names, set the plugin option `prefix` in one of the two',
      }),
    );
  }
  return new EngineError('build-failed', `${name} built ${tag}, but does not have it`, {
    hint: `BUILDX_BUILDER names the builder "${builder}"; unset it to build in the docker daemon`,
    output: tail.join('\n'),
  });
}
