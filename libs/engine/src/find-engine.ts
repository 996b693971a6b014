import { dockerEngine } from './docker/docker-engine.ts';
import { probeDocker } from './docker/probe.ts';
import type { Engine, EngineName } from './engine.ts';
import { EngineError } from './errors.ts';
import { podmanEngine } from './podman/podman-engine.ts';
import { probeTool } from './podman/tool.ts';

type Probe = (environment: NodeJS.ProcessEnv) => Promise<Engine>;

const probes: Record<EngineName, Probe> = {
  docker: async (environment) => dockerEngine(await probeDocker(environment), environment),
  podman: async (environment) => podmanEngine('podman', await probeTool('podman', environment), environment),
  buildah: async (environment) => podmanEngine('buildah', await probeTool('buildah', environment), environment),
};

const found = new Map<string, Promise<Engine>>();

/**
 * The container engine to work with: the one chosen, or with `auto` the first of docker (with a reachable daemon and
 * buildx), podman and buildah that works. Asked once per process and environment.
 *
 * @throws EngineError `no-engine` or `daemon`, saying what was tried and what to do
 */
export function findEngine(choice: EngineName | 'auto', environment: NodeJS.ProcessEnv = process.env): Promise<Engine> {
  const key = JSON.stringify([choice, Object.entries(environment).toSorted()]);
  const known = found.get(key);
  if (known) return known;
  const engine = choice === 'auto' ? firstOf(['docker', 'podman', 'buildah'], environment) : one(choice, environment);
  found.set(key, engine);
  // A daemon that starts later should be found then.
  engine.catch(() => found.delete(key));
  return engine;
}

async function firstOf(names: EngineName[], environment: NodeJS.ProcessEnv): Promise<Engine> {
  const tried: string[] = [];
  const broken: EngineError[] = [];
  for (const name of names) {
    try {
      return await probes[name](environment);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (!error.message.endsWith('is not installed')) broken.push(error);
      tried.push(`${name}: ${[error.message, error.hint, error.output].filter(Boolean).join('\n  ')}`);
    }
  }
  // What is there and does not work is what has to be put right.
  const [first, ...others] = broken;
  if (first && others.length === 0) throw first;
  throw new EngineError('no-engine', 'no container engine was found', {
    hint: 'Install docker with buildx, podman or buildah, and start the docker daemon where docker is used.',
    output: tried.join('\n'),
  });
}

async function one(name: EngineName, environment: NodeJS.ProcessEnv): Promise<Engine> {
  try {
    return await probes[name](environment);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError(error.kind, `the engine ${name} cannot be used: ${error.message}`, {
      hint: error.hint ?? `Install ${name}, or choose another engine with the plugin option \`engine\`.`,
      output: error.output,
      cause: error,
    });
  }
}
