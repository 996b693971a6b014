import { parse, stringify } from 'yaml';

type Raw = Record<string, unknown>;

export interface Migration {
  text: string;
  /** What has no equivalent. */
  problems: string[];
}

const specKeys = [
  'templates_dir',
  'base_image',
  'add_to_tags',
  'multistage_image',
  'header',
  'envars',
  'cuda_prefix_url',
  'cuda_requires',
];
const known = new Set(
  'header repository packages dependencies cuda_dependencies cuda release_spec releases specs version'.split(' '),
);

/**
 * Converts a manifest of BentoML's container tool (2021): the form with `release_spec` at the top, also with
 * `dependencies.cuda` and `header` next to it, or the later one with `specs`, `cuda` and `releases.debian10`. Resolves
 * anchors and drops comments; a release contains only what differs from `release_spec`.
 * @throws Error if it is neither.
 */
export function migrateManifest(text: string, pythonVersions: readonly string[], version?: string): Migration {
  // Without YAML types, 3.10 stays 3.10.
  const raw: unknown = parse(text, { schema: 'failsafe', merge: true });
  if (!isMap(raw) || !isMap(raw['packages']) || !isMap(raw['releases'])) {
    throw new Error('This is not a BentoML manifest: it has no "packages" and "releases".');
  }
  const specs = map(raw['specs']);
  const dependencies = cudaVersions(raw['cuda_dependencies'] ?? map(raw['dependencies'])['cuda'] ?? raw['cuda']);
  const base = { header: raw['header'], ...map(raw['release_spec'] ?? specs['releases']) };
  const spec = specOf(base, {}, dependencies);
  const problems = Object.keys(raw).flatMap((key) =>
    known.has(key) ? [] : [`the key "${key}" is not known and was left out`],
  );
  const format = map(specs['tag'])['fmt'];
  if (format && format !== '{release_type}-python{python_version}-{suffixes}') {
    problems.push(`the tag format "${String(format)}" was left out; write it as "tags" of "release_types"`);
  }
  const manifest = {
    ...(version && { version }),
    repository: repositories(map(raw['repository']), problems),
    cuda_dependencies: dependencies,
    release_spec: {
      ...spec,
      args: {
        PYTHON_VERSION: pythonVersions,
        BENTOML_VERSION: '{{ version }}',
      },
    },
    packages: raw['packages'],
    releases: releases(map(raw['releases']), base, dependencies),
  };
  return { text: stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false }), problems };
}

function cudaVersions(raw: unknown): Record<string, Raw> {
  return Object.fromEntries(
    Object.entries(map(raw)).map(([version, components]) => [version.replace(/^v/, ''), filled(map(components))]),
  );
}

function repositories(raw: Raw, problems: string[]): Raw {
  return Object.fromEntries(
    Object.entries(raw).map(([name, entry]) => {
      const { urls, registry, ...rest } = map(entry);
      if (urls) problems.push(`repository "${name}": "urls" was left out; registries are asked by their own protocol`);
      const full = Object.entries(map(registry)).map(([key, value]) => [key, withHost(String(value), name)]);
      return [name, { ...filled(rest), registry: Object.fromEntries(full) }];
    }),
  );
}

/** `bentoml/model-server` was in the registry that the entry is named after. */
function withHost(repository: string, registry: string): string {
  const [first = ''] = repository.split('/');
  return /[.:]|^localhost$/.test(first) ? repository : `${registry}/${repository}`;
}

/** `debian10` of the later form becomes `debian` and `10`. */
function releases(raw: Raw, base: Raw, dependencies: Record<string, Raw>): Map<string, Map<string, Raw>> {
  const result = new Map<string, Map<string, Raw>>();
  for (const [distro, entry] of Object.entries(raw)) {
    const flat = /^(\D+?)-?(\d[\w.]*)$/.exec(distro);
    const isSpec = 'base_image' in map(entry) || 'templates_dir' in map(entry);
    const [, flatName = distro, flatVersion = ''] = flat ?? [];
    const versions = isSpec && flat ? { [flatVersion]: entry } : map(entry);
    const name = isSpec ? flatName : distro;
    const ofDistro = result.get(name) ?? new Map<string, Raw>();
    for (const [version, release] of Object.entries(versions)) {
      ofDistro.set(version, specOf(map(release), base, dependencies));
    }
    if (ofDistro.size > 0) result.set(name, ofDistro);
  }
  return result;
}

/** What a release sets in addition to what it inherits; `null` switches off inherited keys. */
function specOf(raw: Raw, inherited: Raw, dependencies: Record<string, Raw>): Raw {
  const result: Raw = {};
  for (const key of specKeys) {
    const value = simple(raw[key]);
    const above = simple(inherited[key]);
    if (key in raw && JSON.stringify(value) !== JSON.stringify(above)) result[key] = value;
  }
  const cuda = 'cuda' in raw ? cudaOf(raw['cuda'], dependencies) : undefined;
  const above = cudaOf(inherited['cuda'], dependencies);
  if (cuda !== undefined && cuda !== above) result['cuda'] = cuda;
  return result;
}

function cudaOf(raw: unknown, dependencies: Record<string, Raw>): string | null {
  const components = JSON.stringify(sorted(filled(map(raw))));
  const found = Object.entries(dependencies).find(([, entry]) => JSON.stringify(sorted(entry)) === components);
  return found?.[0] ?? null;
}

function simple(value: unknown): unknown {
  if (value === undefined || value === '') return null;
  if (value === 'True' || value === 'true') return true;
  return value === 'False' || value === 'false' ? false : value;
}

function sorted(value: Raw): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

function filled(value: Raw): Raw {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== '' && entry !== null));
}

function map(value: unknown): Raw {
  return isMap(value) ? value : {};
}

function isMap(value: unknown): value is Raw {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
