import { withMarkdown } from './annotations.mjs';

/** Keys that no other program's `manifest.yml` is known to have; `packages` and `releases` only both together are ours. */
const ownKeys = ['release_spec', 'release_types', 'package_spec', 'cuda_dependencies'];

/**
 * The manifest's schema for editors, which apply it to every `manifest.yml`: it finds nothing wrong with those of other
 * programs (Cloud Foundry, browser extensions), and offers them our keys at most.
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
