import type { Secret } from '../image.ts';
import type { Argument, Layer, Text } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';
import { entriesOf, entryOf, flatScalars, isNull, itemsOf, textOf, valueOf } from './read.ts';

/** The keys shared by `release_spec`, releases, release types and `package_spec`. */
export function readLayer(node: Node | undefined): Layer {
  const args = valueOf(node, 'args');
  const labels = valueOf(node, 'labels');
  return {
    ...(args && { args: isNull(args) ? null : readArguments(args) }),
    ...(labels && { labels: isNull(labels) ? null : readLabels(labels) }),
    ...readList(node, 'secrets', (list) => itemsOf(list).map((item) => readSecret(item.value))),
    ...readList(node, 'ssh', (list) => unique(flatScalars(list).map((scalar) => scalar.text))),
    ...readList(node, 'platforms', (list) => unique(flatScalars(list).map((scalar) => scalar.text))),
    naming: args ? [args] : [],
  };
}

function readList<K extends string, T>(
  node: Node | undefined,
  key: K,
  read: (list: Node) => T[],
): { [key in K]?: T[] } {
  const entry = entryOf(node, key);
  return (entry ? { [key]: read(entry.value) } : {}) as { [key in K]?: T[] };
}

function readArguments(node: Node): Map<string, Argument | null> {
  return new Map(
    entriesOf(node).map(({ key, value }) => {
      const name = key.text;
      if (isNull(value)) return [name, null];
      return [
        name,
        {
          name,
          at: { line: key.line, column: key.column },
          values: value.kind === 'list' ? distinct(flatScalars(value)) : flatScalars(value),
          axis: value.kind === 'list',
        },
      ];
    }),
  );
}

function readLabels(node: Node): Map<string, Text | null> {
  return new Map(
    entriesOf(node).map(({ key, value }) => [key.text, value.kind === 'scalar' && value.value !== null ? value : null]),
  );
}

function readSecret(node: Node): Secret {
  const env = textOf(valueOf(node, 'env'))?.text;
  const src = textOf(valueOf(node, 'src'))?.text;
  return { id: textOf(valueOf(node, 'id'))?.text ?? '', ...(env && { env }), ...(src && { src }) };
}

function distinct(values: Text[]): Text[] {
  const first = new Map<string, Text>();
  for (const value of values) if (!first.has(value.text)) first.set(value.text, value);
  return [...first.values()];
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}
