import { isAlias, isMap as isMapNode, isScalar, LineCounter, parseDocument, stringify, type Document } from 'yaml';

type Raw = Record<string, unknown>;

/** What has no equivalent, and what to do about it. */
export interface Problem {
  line: number;
  message: string;
}

export interface Migration {
  text: string;
  /** By line. */
  problems: Problem[];
  /** Folders of templates, relative to the old manifest. */
  templatesDirs: string[];
}

/** The build arguments that BentoML's tool put before and after the other `envars`. */
export const versionArguments = { first: ['BENTOML_VERSION'], last: ['PYTHON_VERSION'] } as const;

const specKeys = [
  'templates_dir',
  'base_image',
  'add_to_tags',
  'multistage_image',
  'header',
  'envars',
  'cuda_prefix_url',
  'cuda_requires',
] as const;
const known = new Set(
  'header repository packages dependencies cuda_dependencies cuda release_spec releases specs version tag_spec'.split(
    ' ',
  ),
);
const usualTag = '{release_type}-python{python_version}-{suffixes}';

/**
 * Converts a manifest of BentoML's container tool (2021): the form with `release_spec` at the top, also with `tag_spec`,
 * or with `dependencies.cuda` and `header` next to it, or the later one with `specs`, `cuda` and `releases.debian10`.
 * Resolves anchors and drops comments; a release contains only what differs from `release_spec`.
 * @param usesVersion whether a template uses the version of BentoML
 * @throws Error if it is neither.
 */
export function migrateManifest(
  text: string,
  pythonVersions: readonly string[],
  version?: string,
  usesVersion = true,
): Migration {
  return new ManifestMigration(text).migrated(pythonVersions, version, usesVersion);
}

class ManifestMigration {
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #raw: Raw;
  readonly #problems: Problem[] = [];
  readonly #dependencies: Record<string, Raw>;
  readonly #spec: Raw;
  /** The place of the inherited values. */
  readonly #specPath: string[];

  constructor(text: string) {
    // Without YAML types, 3.10 stays 3.10.
    this.#document = parseDocument(text, { schema: 'failsafe', merge: true, lineCounter: this.#lines });
    const [error] = this.#document.errors;
    if (error) throw new Error(`The manifest is not YAML: ${error.message}`);
    const raw: unknown = this.#document.toJS();
    if (!isMap(raw) || !isMap(raw['packages']) || !isMap(raw['releases'])) {
      throw new Error('This is not a BentoML manifest: it has no "packages" and "releases".');
    }
    this.#raw = raw;
    this.#dependencies = this.#cudaVersions();
    this.#specPath = 'release_spec' in raw ? ['release_spec'] : ['specs', 'releases'];
    const { header } = raw;
    this.#spec = { ...(header !== undefined && { header }), ...map(this.#at(this.#specPath)) };
  }

  migrated(pythonVersions: readonly string[], given: string | undefined, usesVersion: boolean): Migration {
    const version = given ?? simple(this.#raw['version']);
    for (const key of Object.keys(this.#raw))
      if (!known.has(key)) this.#note([key], `the key "${key}" is not known and was left out`);
    const ofReleases = this.#releases();
    const manifest = {
      ...(typeof version === 'string' && { version }),
      repository: this.#repositories(),
      cuda_dependencies: this.#dependencies,
      release_spec: {
        ...this.#specOf(this.#spec, {}, this.#specPath),
        args: { PYTHON_VERSION: pythonVersions, ...(usesVersion && { BENTOML_VERSION: '{{ version }}' }) },
      },
      ...this.#releaseTypes(),
      packages: this.#packages(),
      releases: ofReleases,
    };
    return {
      text: stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false }),
      problems: this.#problems.toSorted((a, b) => a.line - b.line),
      templatesDirs: this.#templatesDirs(ofReleases),
    };
  }

  #at(path: readonly string[]): unknown {
    return path.reduce<unknown>((value, key) => map(value)[key], this.#raw);
  }

  #note(path: readonly string[], message: string): void {
    this.#problems.push({ line: this.#lineOf(path), message });
  }

  /** The line of a key, or of the nearest key above it that is not merged from elsewhere. */
  #lineOf(path: readonly string[]): number {
    let node: unknown = this.#document.contents;
    let offset = 0;
    for (const key of path) {
      if (isAlias(node)) node = node.resolve(this.#document);
      if (!isMapNode(node)) break;
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      if (!pair || !isScalar(pair.key)) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    }
    return this.#lines.linePos(offset).line;
  }

  #cudaVersions(): Record<string, Raw> {
    const paths = [['cuda_dependencies'], ['dependencies', 'cuda'], ['cuda']];
    const path = paths.find((candidate) => isMap(this.#at(candidate))) ?? [];
    return Object.fromEntries(
      Object.entries(map(path.length > 0 ? this.#at(path) : {})).map(([version, components]) => [
        version.replace(/^v/, ''),
        componentsOf(components),
      ]),
    );
  }

  #repositories(): Raw {
    const raw = map(this.#raw['repository']);
    return Object.fromEntries(
      Object.entries(raw).map(([name, entry]) => {
        const { only_if: given, user, pwd, registry, ...others } = map(entry);
        for (const key of Object.keys(others)) {
          const reason = key === 'urls' ? '; registries are asked by their own protocol' : '';
          this.#note(['repository', name, key], `repository "${name}": "${key}" was left out${reason}`);
        }
        const full = Object.entries(map(registry)).map(([key, value]) => [key, withHost(String(value), name)]);
        // The tool left out a registry whose password is not set.
        const condition = simple(given) ?? simple(pwd);
        return [name, { ...filled({ only_if: condition, user, pwd }), registry: Object.fromEntries(full) }];
      }),
    );
  }

  /** Tags in another format than the usual one, which is that of this plugin too. */
  #releaseTypes(): Raw {
    const path = isMap(this.#raw['tag_spec']) ? ['tag_spec', 'fmt'] : ['specs', 'tag', 'fmt'];
    const format = this.#at(path);
    if (typeof format !== 'string' || format === '' || format === usualTag) return {};
    const tagOf = (type: string): string => {
      const isRelease = type === 'runtime' || type === 'cudnn';
      const parts: Record<string, string> = {
        release_type: isRelease ? '{{ version }}' : type,
        python_version: '{{ args.PYTHON_VERSION }}',
        suffixes: '{{ add_to_tags }}',
        tag_suffix: '{{ add_to_tags }}',
      };
      return (
        format.replaceAll(/\{(\w*)\}/g, (whole, name: string) => parts[name] ?? whole) + (isRelease ? `-${type}` : '')
      );
    };
    const types = ['base', 'runtime', 'cudnn', 'devel'];
    if (/\{(?!\{)/.test(tagOf('base').replaceAll(/\{\{.*?\}\}/g, ''))) {
      this.#note(path, `the tag format "${format}" was left out; write it as "tags" of "release_types"`);
      return {};
    }
    return { release_types: Object.fromEntries(types.map((type) => [type, { tags: [tagOf(type)] }])) };
  }

  #packages(): Raw {
    return Object.fromEntries(
      Object.entries(map(this.#raw['packages'])).map(([name, types]) => [
        name,
        Object.fromEntries(
          Object.entries(map(types)).map(([type, distros]) => [type, Array.isArray(distros) ? distros : [distros]]),
        ),
      ]),
    );
  }

  /** `debian10` of the later form becomes `debian` and `10`. */
  #releases(): Map<string, Map<string, Raw>> {
    const result = new Map<string, Map<string, Raw>>();
    for (const [distro, entry] of Object.entries(map(this.#raw['releases']))) {
      const path = ['releases', distro];
      const isRelease = Object.keys(map(entry)).some((key) => key === 'cuda' || isSpecKey(key));
      const [, flatName = distro, flatVersion] = /^(\D+?)-?(\d[\w.]*)$/.exec(distro) ?? [];
      if (isRelease && flatVersion === undefined) {
        this.#note(path, `release "${distro}" was left out: its name has no version; write it as name and version`);
        continue;
      }
      const versions = isRelease ? { [flatVersion ?? '']: entry } : map(entry);
      const name = isRelease ? flatName : distro;
      const ofDistro = result.get(name) ?? new Map<string, Raw>();
      for (const [version, release] of Object.entries(versions)) {
        const own = this.#specOf(map(release), this.#spec, isRelease ? path : [...path, version]);
        ofDistro.set(
          version,
          this.#withCuda(own, map(release), [name, `${name}${version}`], isRelease ? path : [...path, version]),
        );
      }
      if (ofDistro.size > 0) result.set(name, ofDistro);
    }
    return result;
  }

  /** What a release sets in addition to what it inherits; `null` switches off inherited keys. */
  #specOf(raw: Raw, inherited: Raw, path: readonly string[]): Raw {
    const result: Raw = {};
    const isInherited = JSON.stringify(raw['envars']) === JSON.stringify(inherited['envars']);
    const [own, above] = [this.#values(raw, isInherited ? undefined : path), this.#values(inherited)];
    for (const key of specKeys) {
      const value = own[key];
      const isNew = key in own && JSON.stringify(value) !== JSON.stringify(above[key]);
      if (isNew && !(value === null && (above[key] ?? null) === null)) result[key] = value;
    }
    const cuda = 'cuda' in raw ? this.#cudaOf(raw['cuda'], path) : undefined;
    const cudaAbove = this.#cudaOf(inherited['cuda']);
    if (cuda !== undefined && cuda !== cudaAbove) result['cuda'] = cuda;
    for (const key of Object.keys(raw)) {
      const isKnown = key === 'cuda' || key === 'needs_deps_image' || isSpecKey(key);
      if (isKnown || JSON.stringify(raw[key]) === JSON.stringify(inherited[key])) continue;
      const hint = key === 'requires' ? '; what CUDA needs is "cuda_requires" here' : '';
      this.#note([...path, key], `${path.join('.')}: the key "${key}" is not known and was left out${hint}`);
    }
    return result;
  }

  /** The values of a release; `needs_deps_image` was the first name of `multistage_image`. With a path, notes problems. */
  #values(raw: Raw, path?: readonly string[]): Raw {
    const { needs_deps_image: needsBase, ...rest } = raw;
    const values: Raw = { ...(needsBase !== undefined && { multistage_image: simple(needsBase) }) };
    for (const key of specKeys) if (key in rest) values[key] = simple(rest[key]);
    if ('envars' in values) values['envars'] = this.#envars(values['envars'], path);
    return values;
  }

  #envars(raw: unknown, path: readonly string[] | undefined): unknown {
    const list = isMap(raw) ? Object.entries(raw).map(([name, value]) => `${name}=${String(value)}`) : raw;
    if (!Array.isArray(list)) return null;
    const all = list.map(String);
    const versions = [...versionArguments.first, ...versionArguments.last];
    const own = all.filter((text) => versions.some((name) => text.startsWith(`${name}=`)));
    for (const text of path ? own : []) {
      const name = text.slice(0, text.indexOf('='));
      this.#note(
        [...(path ?? []), 'envars'],
        `${path?.join('.')}: "${text}" was left out of envars; "${name}" is an argument, in "args"`,
      );
    }
    return all.filter((text) => !own.includes(text));
  }

  #cudaOf(raw: unknown, path?: readonly string[]): string | null {
    const components = componentsOf(raw);
    if (typeof raw === 'string' && Object.hasOwn(this.#dependencies, raw.replace(/^v/, '')))
      return raw.replace(/^v/, '');
    const text = JSON.stringify(sorted(components));
    const found = Object.entries(this.#dependencies).find(([, entry]) => JSON.stringify(sorted(entry)) === text);
    if (!found && path && Object.keys(components).length > 0)
      this.#note(
        [...path, 'cuda'],
        `${path.join('.')}: "cuda" was left out, since it is equal to no entry of the CUDA versions; name one`,
      );
    return found?.[0] ?? null;
  }

  /** The tool gave CUDA to every release with a prefix, whatever its `cuda` is. */
  #withCuda(own: Raw, raw: Raw, names: readonly string[], path: readonly string[]): Raw {
    const values: Raw = { cuda: this.#cudaOf(this.#spec['cuda']), ...this.#values(this.#spec), ...own };
    const [only, ...others] = Object.keys(this.#dependencies);
    if (values['cuda'] !== null || !values['cuda_prefix_url'] || !only || others.length > 0) return own;
    const listed = Object.values(map(this.#raw['packages'])).flatMap((types) => [map(types)['cudnn']].flat(9));
    if (!listed.some((entry) => names.includes(String(entry)))) return own;
    this.#note(
      'cuda' in raw ? [...path, 'cuda'] : path,
      `${path.join('.')}: "cuda" names no CUDA version, but a package lists the release for cudnn; ${only} was added`,
    );
    return { ...own, cuda: only };
  }

  #templatesDirs(ofReleases: ReadonlyMap<string, ReadonlyMap<string, Raw>>): string[] {
    const inherited = simple(this.#spec['templates_dir']);
    const dirs = [...ofReleases.values()].flatMap((versions) =>
      [...versions.values()].map((release) => ('templates_dir' in release ? release['templates_dir'] : inherited)),
    );
    return [...new Set(dirs.filter((dir) => typeof dir === 'string'))];
  }
}

/** Of the first form: `cudart: { version: 11.3.109-1 }`. */
function componentsOf(raw: unknown): Raw {
  const entries = Object.entries(map(raw)).map(([name, value]): [string, unknown] => [
    name,
    isMap(value) ? value['version'] : value,
  ]);
  return filled(Object.fromEntries(entries));
}

/** `bentoml/model-server` was in the registry that the entry is named after. */
function withHost(repository: string, registry: string): string {
  const [first = ''] = repository.split('/');
  return /[.:]|^localhost$/.test(first) ? repository : `${registry}/${repository}`;
}

function isSpecKey(key: string): boolean {
  return specKeys.some((name) => name === key);
}

/** `_` is a placeholder of the later form. */
function simple(value: unknown): unknown {
  if (value === undefined || value === '' || value === '_') return null;
  if (value === 'True' || value === 'true') return true;
  return value === 'False' || value === 'false' ? false : value;
}

function sorted(value: Raw): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

function filled(value: Raw): Raw {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => simple(entry) !== null));
}

function map(value: unknown): Raw {
  return isMap(value) ? value : {};
}

function isMap(value: unknown): value is Raw {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
