import type { Secret } from '../image.ts';
import type { Argument, Layer, Text, ValueSettings } from '../manifest.ts';
import { barePlace, type Node } from '../yaml/tree.ts';
import { readAttestations } from './attestations.ts';
import { isReserved } from './reserved.ts';
import { readReproducible } from './reproducible.ts';
import { readScan } from './scan.ts';
import { entriesOf, entryOf, flatScalars, isNull, itemsOf, textOf, valueOf } from './read.ts';

/** The keys shared by `release_spec`, releases, release types and `package_spec`. */
export function readLayer(node: Node | undefined): Layer {
  const args = valueOf(node, 'args');
  const vars = valueOf(node, 'vars');
  const labels = valueOf(node, 'labels');
  const baseImage = valueOf(node, 'base_image');
  const scan = valueOf(node, 'scan');
  const reproducible = valueOf(node, 'reproducible');
  const attestations = valueOf(node, 'attestations');
  return {
    ...(args && { args: isNull(args) ? null : readArguments(args) }),
    ...(vars && { vars: isNull(vars) ? null : readVars(vars) }),
    ...(labels && { labels: isNull(labels) ? null : readLabels(labels) }),
    ...readList(node, 'secrets', (list) => itemsOf(list).map((item) => readSecret(item.value))),
    ...readList(node, 'ssh', (list) => unique(flatScalars(list).map((scalar) => scalar.text))),
    ...readPlatforms(node),
    ...(scan && { scan: isNull(scan) ? null : readScan(scan) }),
    ...(reproducible && { reproducible: readReproducible(reproducible) }),
    ...(attestations && { attestations: isNull(attestations) ? null : readAttestations(attestations) }),
    ...readTests(valueOf(node, 'tests')),
    ...(baseImage?.kind === 'scalar' && { baseImage: textOf(baseImage) ?? null }),
    naming: [args, vars].filter((part) => part !== undefined),
  };
}

/** The `platforms` of a map, if it has that key. */
export function readPlatforms(node: Node | undefined): { platforms?: string[] } {
  return readList(node, 'platforms', (list) => unique(flatScalars(list).map((scalar) => scalar.text)));
}

function readTests(tests: Node | undefined): Pick<Layer, 'tests'> {
  if (!tests) return {};
  return { tests: isNull(tests) ? null : flatScalars(tests) };
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
      const at = barePlace(key);
      return [name, { name, at, ...readValues(value) }];
    }),
  );
}

function readValues(node: Node): Pick<Argument, 'values' | 'axis' | 'byValue'> {
  if (node.kind === 'list') return { values: distinct(flatScalars(node)), axis: true };
  if (node.kind !== 'map') return { values: flatScalars(node), axis: false };
  const entries = entriesOf(node);
  return {
    values: entries.map(({ key }) => key),
    axis: true,
    byValue: new Map(entries.map(({ key, value }) => [key.text, readValueSettings(value)])),
  };
}

/** The settings of a value of an axis: `platforms`, and arguments. */
function readValueSettings(node: Node): ValueSettings {
  const args = entriesOf(node).filter(({ key }) => !isReserved(key.text));
  return {
    args: new Map(
      args.map(({ key, value }) => [
        key.text,
        {
          at: barePlace(key),
          ...(value.kind === 'scalar' && value.value !== null && { text: value }),
        },
      ]),
    ),
    ...readPlatforms(node),
  };
}

function readVars(node: Node): Map<string, Node> {
  return new Map(entriesOf(node).map(({ key, value }) => [key.text, value]));
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
