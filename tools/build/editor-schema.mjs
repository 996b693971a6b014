import { withMarkdown } from './annotations.mjs';

/**
 * Keys that are not known from other programs' `manifest.yml` files; `packages` and `releases` only identify ours
 * together.
 */
const ownKeys = ['release_spec', 'release_types', 'package_spec', 'cuda_dependencies'];

/**
 * The manifest's schema for editors, which apply it to every `manifest.yml`: it reports no errors in those of other
 * programs (Cloud Foundry, browser extensions), and at most offers them our keys.
 */
export function editorSchema(schema) {
  const { $schema, $id, title, description, $defs, ...manifest } = schema;
  return withMarkdown({
    $schema,
    $id,
    title,
    description,
    if: {
      anyOf: [['packages', 'releases'], ...ownKeys.map((key) => [key])].map((required) => ({ required })),
    },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema, and nobody awaits this.
    then: { $ref: '#/$defs/manifest' },
    else: { properties: Object.fromEntries(Object.entries(manifest.properties).map(offered)) },
    $defs: { ...$defs, manifest: { title, description, ...manifest } },
  });
}

function offered([key, { title, description }]) {
  return [key, { title, description }];
}
