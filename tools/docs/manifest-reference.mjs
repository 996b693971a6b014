// Writes docs/manifest-reference.md from the manifest's JSON Schema. With --check it only reports whether that is
// needed.
import { readFileSync, writeFileSync } from 'node:fs';

/** The value used if a key is not set; a key that is not listed has no default. */
const defaults = {
  root: { version: '`dev`', packages: 'required', releases: 'required' },
  repository: { only_if: 'always pushed', user: "the engine's own login", pwd: "the engine's own login" },
  staging: {
    user: "the engine's own login",
    pwd: "the engine's own login",
    only_if: 'always used',
    keep: '30',
  },
  retention: {},
  release: {
    templates_dir: 'required for a release that a package uses',
    base_image: 'required for a release that a package uses',
    multistage_image: '`true`',
    cuda_prefix_url: 'required for images with CUDA',
    cuda: 'no CUDA',
    platforms: 'that of the engine',
  },
  releaseType: {
    from: '[`base`](manifest.md#release_types) for `runtime`, `cudnn` and `devel`; else `base_image`',
    cuda: '`true` for `cudnn`, else `false`',
    push: '`false` for `base`, else `true`',
    tags: '[see tags](manifest.md#tags)',
  },
  packageSpec: {},
  exclusion: {},
  secret: {},
};

const schema = read('../../libs/manifest/src/schema/manifest.schema.json');
const target = new URL('../../docs/manifest-reference.md', import.meta.url);
const text = page(JSON.parse(schema));
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (read('../../docs/manifest-reference.md') !== text) {
  console.error('docs/manifest-reference.md is out of date: run "node tools/docs/manifest-reference.mjs".');
  process.exit(1);
}

function page(root) {
  const sections = ['repository', 'staging', 'retention', 'release', 'releaseType', 'packageSpec', 'exclusion'].map(
    (name) => [name, root.$defs[name]],
  );
  const headings = {
    repository: 'An entry of `repository`',
    staging: '`staging`',
    retention: 'An entry of `retention`',
    release: 'A release, and `release_spec`',
    releaseType: 'An entry of `release_types`',
    packageSpec: 'An entry of `package_spec`',
    exclusion: 'An entry of `exclude`',
  };
  const secret = root.$defs.secrets.items;
  return [
    '# Manifest reference',
    '',
    'Every key, written from the JSON Schema by `tools/docs/manifest-reference.mjs`. [The manifest](manifest.md) says what they',
    'mean together. Keys that begin with `x-` are ignored anywhere.',
    '',
    ...section('At the top', root, root, defaults.root),
    ...sections.flatMap(([name, node]) => section(headings[name], node, root, defaults[name])),
    ...section('An entry of `secrets`', secret, root, defaults.secret),
  ].join('\n');
}

function section(heading, node, root, ownDefaults) {
  const rows = Object.entries(node.properties).map(([key, own]) => {
    const property = { ...resolve(own, root), ...own };
    const required = node.required?.includes(key) ? ', required' : '';
    const cells = [
      `\`${key}\``,
      types(property) + required,
      cell(property.description),
      ownDefaults[key] ?? '',
      example(property),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `## ${heading}`,
    '',
    cell(node.description),
    '',
    '| key | type | meaning | default | example |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ];
}

function resolve({ $ref }, root) {
  return $ref ? root.$defs[$ref.replace('#/$defs/', '')] : {};
}

function types({ type }) {
  const words = { array: 'list', object: 'map', boolean: '`true` or `false`' };
  return [type]
    .flat()
    .filter((name) => name !== 'null')
    .map((name) => words[name] ?? name)
    .join(', ');
}

function example({ examples = [] }) {
  return examples.length === 0 ? '' : cell(`\`${JSON.stringify(examples[0])}\``);
}

function cell(content) {
  return content.replaceAll('|', '\\|');
}

function read(path) {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}
