import { checked } from './capabilities.ts';
import type { EngineDefinition } from './definition.ts';
import type { Engine } from './engine.ts';
import { engines, type EngineName } from './engines.ts';
import { EngineError } from './errors.ts';

const found = new Map<string, Promise<Engine>>();

/** A name, or a name with the builder of buildx to use unless `BUILDX_BUILDER` names one. */
export type EngineChoice = EngineName | 'auto' | { engine: EngineName | 'auto'; builder: string };

/**
 * Finds the container engine to use: the chosen one, or with `auto` the first in the list that works. Cached per
 * process and environment.
 *
 * @throws EngineError `no-engine` or `daemon-failed`, with what was tried and what to do
 */
export function findEngine(wanted: EngineChoice, own: NodeJS.ProcessEnv = process.env): Promise<Engine> {
  const { choice, environment } = withBuilder(wanted, own);
  const key = JSON.stringify([choice, Object.entries(environment).toSorted()]);
  const known = found.get(key);
  if (known) return known;
  const engine = choice === 'auto' ? firstOf(engines, environment) : one(choice, environment);
  found.set(key, engine);
  // Finds a daemon that starts later.
  engine.catch(() => found.delete(key));
  return engine;
}

function withBuilder(
  wanted: EngineChoice,
  own: NodeJS.ProcessEnv,
): { choice: EngineName | 'auto'; environment: NodeJS.ProcessEnv } {
  if (typeof wanted === 'string') return { choice: wanted, environment: own };
  const { engine, builder } = wanted;
  if (engine !== 'auto' && engine !== 'docker') {
    throw new EngineError(
      'unsupported',
      `${engine} has no builders, and the plugin option \`builder\` is "${builder}"`,
      {
        hint: 'remove the option, or set `engine` to docker',
      },
    );
  }
  return { choice: 'docker', environment: { ...own, BUILDX_BUILDER: own['BUILDX_BUILDER'] || builder } };
}

async function firstOf(definitions: readonly EngineDefinition[], environment: NodeJS.ProcessEnv): Promise<Engine> {
  const tried: string[] = [];
  const broken: EngineError[] = [];
  for (const definition of definitions) {
    try {
      return await open(definition, environment);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (!error.message.endsWith('is not installed')) broken.push(error);
      tried.push(`${definition.name}: ${[error.message, error.hint, error.output].filter(Boolean).join('\n  ')}`);
    }
  }
  // If an installed engine does not work, that is what to fix.
  const [first, ...others] = broken;
  if (first && others.length === 0) throw first;
  throw new EngineError('no-engine', 'no container engine was found', {
    hint: `install ${either(definitions.map(({ product }) => product))}, and start the daemon of an engine that has one`,
    output: tried.join('\n'),
  });
}

async function one(name: EngineName, environment: NodeJS.ProcessEnv): Promise<Engine> {
  const definition = engines.find((engine) => engine.name === name);
  if (!definition) throw new Error(`there is no engine "${name}"`);
  try {
    return await open(definition, environment);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError(error.code, `the engine ${name} cannot be used: ${error.message}`, {
      hint: error.hint ?? `install ${definition.product}, or choose another engine with the plugin option \`engine\``,
      output: error.output,
      cause: error,
    });
  }
}

async function open(definition: EngineDefinition, environment: NodeJS.ProcessEnv): Promise<Engine> {
  return checked(await definition.open(environment), definition);
}

/** `docker with buildx, podman or buildah` */
function either(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names);
}
