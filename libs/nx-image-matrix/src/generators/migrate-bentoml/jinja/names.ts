import type { Expression, Step } from './expression.ts';

/** Facts about a template that it does not contain. */
export interface Knowledge {
  /** Build arguments that BentoML's tool put before and after the other `envars`. */
  first: readonly string[];
  last: readonly string[];
  /** The release type whose template it is. */
  releaseType?: string;
  /** Whether other names than those of BentoML's tool are errors. */
  strict: boolean;
}

/** A variable in Liquid. */
export interface Variable {
  /** How it is written, without what `filters` add. */
  text: string;
  filters: string[];
  /** Its full name in the templates here, if that is known: `cuda.version.major`. */
  path?: string;
  /** Its constant text. */
  constant?: string;
  /** Whether it is a map. */
  isMap: boolean;
}

/** A name that a template sets. */
export type Local = { kind: 'alias'; path: string } | { kind: 'text' | 'list' | 'flag' };

/** A name that a loop sets. */
export type Bound = { kind: 'constant'; value: string } | { kind: 'liquid'; text: string; never?: readonly string[] };

const maps = new Set(['metadata', 'cuda', 'cuda.version', 'cuda.components', 'cuda.cudnn', 'envars']);
const roots = new Set(['package', 'header', 'base_image', 'add_to_tags', 'multistage_image', 'envars', 'cuda']);
const renamed: Record<string, string> = {
  cuda_requires: 'cuda.requires',
  cuda_prefix_url: 'cuda.prefix',
  docker_build_path: 'dir',
  bentoml_version: 'version',
  bentoml_release_version: 'version',
  python_version: 'args.PYTHON_VERSION',
  'cuda.base_repo': 'cuda.repository_url',
  'cuda.ml_repo': 'cuda.ml_repository_url',
  'cuda.version.shortened': 'cuda.version.short',
  'cuda.version.release': 'cuda.version.full',
  'cuda.cudnn.major_version': 'cuda.cudnn.major',
};
/** The keys that BentoML's tool sets in maps; others are missing. */
const keys: Record<string, readonly string[]> = {
  cuda: ['requires', 'base_repo', 'ml_repo', 'version', 'components', 'cudnn'],
  'cuda.version': ['major', 'minor', 'shortened', 'release'],
  'cuda.cudnn': ['version', 'major_version'],
};
const loop: Record<string, string> = {
  index: 'index',
  index0: 'index0',
  first: 'first',
  last: 'last',
  length: 'length',
  revindex: 'rindex',
  revindex0: 'rindex0',
};

/** The names of one template, in the order in which it sets them. */
export class Names {
  readonly knowledge: Knowledge;
  readonly locals = new Map<string, Local>();
  readonly bound = new Map<string, Bound>();
  /** Names that are set outside of the loop that is translated. */
  outside: ReadonlySet<string> | undefined;

  constructor(knowledge: Knowledge) {
    this.knowledge = knowledge;
  }

  /** Whether a name is one that only the parent's reference is made of. */
  isParent({ name }: { name: string }): boolean {
    return (name === 'tags' || name === 'build_tag') && !this.locals.has(name);
  }

  /** @throws Error if there is no such variable, with what to do. */
  variable({ name, path }: Expression & { kind: 'variable' }): Variable {
    const bound = this.bound.get(name);
    if (bound && path.length > 0) throw new Error(`"${name}" is a text here`);
    if (bound?.kind === 'constant')
      return { text: `"${bound.value}"`, filters: [], constant: bound.value, isMap: false };
    if (bound) return { text: bound.text, filters: [], isMap: false };
    if (this.isParent({ name })) throw new Error('the parent is `from` here, and has no tag of its own');
    if (name === 'loop' && !this.locals.has(name)) return this.#loop(path);
    const local = this.locals.get(name);
    if (local?.kind === 'alias') return this.#alias(name, local.path, path);
    if (local) return plain(name, path);
    if (name === 'metadata') return this.#metadata(path);
    if (this.knowledge.strict) throw missing(name);
    return this.#named(name, path, name);
  }

  /** Whether a key is never in a map, so that a test for it is false. */
  lacks(map: string, key: string): boolean {
    return Object.hasOwn(keys, map) && !keys[map]?.includes(key);
  }

  #loop([step, ...rest]: Step[]): Variable {
    const found = typeof step?.key === 'string' && Object.hasOwn(loop, step.key) ? loop[step.key] : undefined;
    if (!found || rest.length > 0) throw new Error(`"loop${step?.source ?? ''}" has no counterpart`);
    return plain(`forloop.${found}`, []);
  }

  #alias(name: string, target: string, path: Step[]): Variable {
    const found = this.#named(target, path, name);
    return found.path?.startsWith(`${target}.`) || found.path === target
      ? { ...found, text: name + found.text.slice(target.length) }
      : found;
  }

  #metadata([step, ...rest]: Step[]): Variable {
    const key = String(step?.key ?? '');
    if (!step) return { text: 'image', filters: [], path: 'metadata', isMap: true };
    if (key === 'base_tags' && rest.length === 0)
      return { text: '"base"', filters: [], constant: 'base', isMap: false };
    if (key === 'envars' && rest.length > 0) return this.#envar(rest);
    if (!roots.has(key) && !Object.hasOwn(renamed, key)) throw missing(`metadata${step.source}`);
    return this.#inImage(this.#named(key, rest, key));
  }

  /** A variable of the image whose name the template has set to something else. */
  #inImage(variable: Variable): Variable {
    const [root = ''] = variable.text.split(/[.[]/);
    const local = this.locals.get(root);
    const isHidden = this.bound.has(root) || (local && !(local.kind === 'alias' && local.path === root));
    return isHidden ? { ...variable, text: `image.${variable.text}` } : variable;
  }

  #envar([step, ...rest]: Step[]): Variable {
    const key = String(step?.key ?? '');
    if (rest.length > 0) throw new Error(`"${key}" is a text here`);
    const { strict, first, last } = this.knowledge;
    if (!strict || first.includes(key) || last.includes(key)) return this.#inImage(plain(`args.${key}`, []));
    return { ...this.#inImage(plain('envars', [])), filters: [`where: "name", "${key}"`, 'map: "value"', 'first'] };
  }

  #named(root: string, path: Step[], shown: string): Variable {
    let full = (Object.hasOwn(renamed, root) ? renamed[root] : undefined) ?? root;
    let text = full;
    for (const { key, source } of path) {
      if (full === 'cuda.components' && /^cudnn\w*$/.test(String(key))) {
        full = text = 'cuda.cudnn.version';
        continue;
      }
      if (this.lacks(full, String(key))) throw missing(`${shown}${source}`);
      const next = `${full}.${key}`;
      if (typeof key === 'number') return { text, filters: [`slice: ${key}, 1`], isMap: false };
      const target = Object.hasOwn(renamed, next) ? renamed[next] : undefined;
      text = target ?? (/^\w+$/.test(key) && source.startsWith('.') ? `${text}.${key}` : text + source);
      full = target ?? next;
    }
    return { text, filters: [], path: full, isMap: maps.has(full) };
  }
}

function plain(name: string, path: readonly Step[]): Variable {
  return { text: name + path.map(({ source }) => source).join(''), filters: [], isMap: false };
}

function missing(name: string): Error {
  return new Error(`BentoML's tool sets no "${name}", so Jinja prints nothing there`);
}
