// Keywords of a JSON Schema for people, which validators ignore.
const annotations = new Set([
  '$comment',
  'default',
  'description',
  'errorMessage',
  'examples',
  'markdownDescription',
  'title',
]);
/** Keywords whose value is a map from a name of the author's choice to a schema. */
const maps = new Set(['$defs', 'patternProperties', 'properties']);

/** The same schema for a validator: without titles, descriptions and examples, except those that messages about a pattern show. */
export function withoutAnnotations(schema) {
  return transform(schema, (node) =>
    Object.fromEntries(
      Object.entries(node).filter(
        ([keyword]) => !annotations.has(keyword) || (keyword === 'examples' && typeof node.pattern === 'string'),
      ),
    ),
  );
}

/**
 * The same schema for editors: the language servers of VS Code escape a `description`, and show a `markdownDescription`
 * as Markdown.
 */
export function withMarkdown(schema) {
  return transform(schema, (node) =>
    node.description === undefined ? node : { ...node, markdownDescription: node.description },
  );
}

function transform(node, change) {
  if (Array.isArray(node)) return node.map((entry) => transform(entry, change));
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(change(node)).map(([keyword, value]) => [keyword, descend(keyword, value, change)]),
  );
}

function descend(keyword, value, change) {
  if (!maps.has(keyword)) return keyword === 'examples' ? value : transform(value, change);
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, transform(schema, change)]));
}
