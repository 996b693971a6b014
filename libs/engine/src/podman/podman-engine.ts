import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildError } from '../build-error.ts';
import { buildEnvironment } from '../build-environment.ts';
import { BuildLog } from '../build-log.ts';
import type { BuildRequest, BuiltImage, Engine, EngineImage, Pin, PullOptions, PushOptions } from '../engine.ts';
import { EngineError } from '../errors.ts';
import { makePrivateFolder } from '../process/private-folder.ts';
import { run } from '../process/run.ts';
import { save } from '../process/save.ts';
import type { Finished } from '../process/run.ts';
import { registryError } from '../registry/failure.ts';
import { PULL_TIMEOUT } from '../registry/pull-timeout.ts';
import { pushWithRetries } from '../registry/push.ts';
import { isLoopback, registryOf } from '@nx-image-matrix/manifest/reference';
import { sessionFor } from '../registry/session.ts';
import { buildCommand } from './build-command.ts';
import { buildahImages, podmanImages } from './images.ts';
import { removeLeftovers } from './leftovers.ts';
import { storageName } from './names.ts';
import { endRunningStep } from './running-step.ts';
import { probeTool, type Tool, type ToolFacts } from './tool.ts';

/**
 * podman or buildah, after checking that it works.
 * @throws EngineError `no-engine`
 */
export async function openPodman(tool: Tool, environment: NodeJS.ProcessEnv): Promise<Engine> {
  return podmanEngine(tool, await probeTool(tool, environment), environment);
}

function podmanEngine(tool: Tool, { version, platforms }: ToolFacts, environment: NodeJS.ProcessEnv): Engine {
  const list = tool === 'podman' ? podmanImages : buildahImages;

  async function images(references: string[]): Promise<Map<string, EngineImage>> {
    return list([...new Set(references)], environment);
  }

  async function build(request: BuildRequest): Promise<BuiltImage> {
    const started = performance.now();
    const { dockerfile, tags, timeout, signal, onLine } = request;
    const ignoreFile = `${dockerfile}.dockerignore`;
    const pulled = await pullParents(request);
    const args = buildCommand(
      { ...request, pins: [...request.pins, ...pulled] },
      existsSync(ignoreFile) ? ignoreFile : undefined,
    );
    const { exitCode, tail } = await cleanly(() =>
      run(tool, args, {
        environment: buildEnvironment(request, environment),
        timeout,
        signal,
        onLine,
        tail: new BuildLog(),
        stopGently: endRunningStep,
      }),
    );
    const [tag = ''] = tags;
    if (exitCode !== 0) throw buildError(tag, exitCode, tail);
    const image = (await images([tag])).get(tag);
    if (!image)
      throw new EngineError('build-failed', `${tool} built ${tag}, but does not have it`, { output: tail.join('\n') });
    return {
      id: image.id,
      size: image.size,
      platform: image.os && image.architecture ? `${image.os}/${image.architecture}` : request.platforms[0],
      duration: Math.round(performance.now() - started),
    };
  }

  /** Neither builds into an archive alone: the image gets a name of its own for as long as it takes to save it. */
  async function buildArchive(this: Engine, request: BuildRequest, path: string): Promise<void> {
    const name = `localhost/nx-image-matrix-archive:${randomUUID()}`;
    const { id } = await build({ ...request, tags: [name] });
    try {
      await this.save(id, path, { signal: request.signal });
    } finally {
      await this.remove(name);
    }
  }

  /** Neither of the two starts from a registry with a login of its own, so parents are pulled first and named by ID. */
  async function pullParents({ remoteParents = [], config, signal }: BuildRequest): Promise<Pin[]> {
    const pins: Pin[] = [];
    for (const { reference, source } of remoteParents) {
      const id = await pull(tool, source, { config, signal }, environment);
      pins.push({ reference, image: { id, labels: {} } });
    }
    return pins;
  }

  async function cleanly(runBuild: () => Promise<Finished>): Promise<Finished> {
    const started = Date.now();
    try {
      return await runBuild();
    } catch (error) {
      if (tool === 'podman') await removeLeftovers(started, environment).catch(() => {});
      throw error;
    }
  }

  async function command(args: string[]): Promise<{ ok: boolean; missing: boolean; stderr: string }> {
    const { exitCode, stderr } = await run(tool, args, { environment, timeout: 120_000 });
    return { ok: exitCode === 0, missing: /image not known|no such image/i.test(stderr), stderr: stderr.trim() };
  }

  return {
    name: tool,
    version,
    platforms,
    images,
    build,
    buildArchive,
    async tag(source, target) {
      const { ok, missing, stderr } = await command(['tag', storageName(source), storageName(target)]);
      if (ok) return;
      throw new EngineError(missing ? 'not-found' : 'command-failed', `${source} was not tagged ${target}: ${stderr}`);
    },
    async pull(source, target, options) {
      await this.tag(await pull(tool, source, options, environment), target);
    },
    async save(source, path, options) {
      const args =
        tool === 'podman'
          ? ['save', '--format', 'docker-archive', '--output', path, source]
          : ['push', source, `docker-archive:${path}`];
      await save(tool, args, source, options, environment);
    },
    async remove(reference) {
      const { ok, missing, stderr } = await command(['rmi', storageName(reference)]);
      if (ok || missing) return;
      throw new EngineError('command-failed', `${reference} was not removed: ${stderr}`);
    },
    push: (reference, options) => push(tool, reference, options, environment),
  };
}

/** Options for access to a registry: logins, and plain HTTP, which engines of this family reject even from loopback. */
async function accessOptions(
  registry: string,
  { config, insecure }: Pick<PushOptions, 'config' | 'insecure'>,
): Promise<string[]> {
  const configDir = await sessionFor(registry, config);
  return [
    ...(configDir ? ['--authfile', join(configDir, 'auth.json')] : []),
    ...(isLoopback(registry) || insecure?.includes(registry) ? ['--tls-verify=false'] : []),
  ];
}

/** Pulls an image and returns its ID. */
async function pull(
  tool: Tool,
  source: string,
  options: Omit<PullOptions, 'onLine'>,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const { signal, timeout = PULL_TIMEOUT } = options;
  const args = ['pull', '--quiet', ...(await accessOptions(registryOf(source), options)), `docker://${source}`];
  const { exitCode, stdout, tail } = await run(tool, args, { environment, timeout, signal });
  if (exitCode === 0) return `sha256:${stdout.trim().replace(/^sha256:/, '')}`;
  throw registryError(`${source} was not pulled`, source, tail, { fallback: 'registry-failed' });
}

async function push(tool: Tool, reference: string, options: PushOptions, environment: NodeJS.ProcessEnv) {
  const { onLine, signal } = options;
  const registry = registryOf(reference);
  const configDir = await sessionFor(registry, options.config);
  const folder = makePrivateFolder();
  const digestFile = join(folder, 'digest');
  const args = [
    'push',
    '--digestfile',
    digestFile,
    ...(await accessOptions(registry, options)),
    storageName(reference),
    `docker://${reference}`,
  ];
  try {
    return await pushWithRetries(reference, {
      ...options,
      environment: configDir ? { ...environment, DOCKER_CONFIG: configDir } : environment,
      async attempt(timeout) {
        await rm(digestFile, { force: true });
        const { exitCode, tail } = await run(tool, args, { environment, timeout, signal, onLine });
        if (exitCode !== 0) return { ok: false, lines: tail };
        const digest = (await readFile(digestFile, 'utf8')).trim();
        return { ok: true, lines: tail, pushed: { digest } };
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
