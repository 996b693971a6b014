// Writes docs/manifest-reference.md from the manifest's JSON Schema. With --check it only says whether that is needed.
import { readFileSync, writeFileSync } from 'node:fs';

const schema = read('../../libs/manifest/src/schema/manifest.schema.json');
const target = new URL('../../docs/manifest-reference.md', import.meta.url);
const text = page(JSON.parse(schema));
if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (read('../../docs/manifest-reference.md') !== text) {
  console.error('docs/manifest-reference.md is not that of the schema: run "node tools/docs/manifest-reference.mjs".');
  process.exit(1);
}

function page(root) {
  const sections = ['repository', 'release', 'releaseType', 'packageSpec'].map((name) => [name, root.$defs[name]]);
  const headings = {
    repository: 'An entry of `repository`',
    release: 'A release, and `release_spec`',
    releaseType: 'An entry of `release_types`',
    packageSpec: 'An entry of `package_spec`',
  };
  const secret = root.$defs.secrets.items;
  return [
    '# Manifest reference',
    '',
    'Every key, made from the JSON Schema by `tools/docs/manifest-reference.mjs`. What they mean together stands in',
    '[the manifest](manifest.md). Keys that begin with `x-` are ignored anywhere.',
    '',
    ...section('At the top', root, root),
    ...sections.flatMap(([name, node]) => section(headings[name], node, root)),
    ...section('An entry of `secrets`', secret, root),
  ].join('\n');
}

function section(heading, node, root) {
  const rows = Object.entries(node.properties).map(([key, own]) => {
    const property = { ...resolve(own, root), ...own };
    const required = node.required?.includes(key) ? ', required' : '';
    return `| \`${key}\` | ${types(property)}${required} | ${cell(property.description)} | ${example(property)} |`;
  });
  return [
    `## ${heading}`,
    '',
    cell(node.description),
    '',
    '| key | type | meaning | example |',
    '|---|---|---|---|',
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
