import { isAlias, isMap, isScalar, type Alias, type ParsedNode, type Scalar } from 'yaml';
import { suggest } from '@nx-image-matrix/diagnostics';
import { mergeInto, type Merge } from './merge.ts';
import { isListSource, isMapSource, type MapSource } from './nodes.ts';
import {
  barePlace,
  type Entry,
  type Item,
  type MapNode,
  type Node,
  type Place,
  type Report,
  type ScalarNode,
} from './tree.ts';

/** Nodes that aliases and merges may add; far more than real manifests need, few enough to stop an attack. */
const MAX_ALIASED_NODES = 250_000;

interface Builder {
  placeOf: (offset: number) => Place;
  report: Report;
  /** `undefined` while the anchored node is being built. */
  anchors: Map<string, Node | undefined>;
  /** Number of nodes that a traversal visits. */
  sizes: Map<Node, number>;
  shared: Shared;
}

/** State shared by the files of one manifest. */
export interface Shared {
  /** Number of values that aliases and merges have added so far. */
  aliased: number;
}

/** The tree of a document: aliases share nodes, `<<` is merged, each scalar keeps its source text. */
export function buildTree(root: ParsedNode, placeOf: (offset: number) => Place, report: Report, shared: Shared): Node {
  return build({ placeOf, report, anchors: new Map(), sizes: new Map(), shared }, root).value;
}

function build(builder: Builder, node: ParsedNode | null, fallback?: Place): Item {
  if (!node) return plain({ kind: 'scalar', value: null, text: '', ...barePlace(fallback ?? builder.placeOf(0)) });
  if (isAlias(node)) return resolveAlias(builder, node.source, builder.placeOf(node.range[0]));
  const place = builder.placeOf(node.range[0]);
  if (node.anchor) builder.anchors.set(node.anchor, undefined);
  const built = buildOwn(builder, node, place, fallback);
  if (node.anchor) builder.anchors.set(node.anchor, built);
  return plain(built);
}

function buildOwn(
  builder: Builder,
  node: Exclude<ParsedNode, Alias.Parsed>,
  place: Place,
  fallback: Place | undefined,
): Node {
  if (isMapSource(node)) return buildMap(builder, node, place);
  if (isListSource(node)) {
    const items = node.items.map((item) => build(builder, item, place));
    return sized(builder, { kind: 'list', items, ...place }, items);
  }
  const isAbsent = node.source === '' && node.value === null;
  return {
    kind: 'scalar',
    value: scalarValue(node),
    text: textOf(node),
    ...barePlace(isAbsent && fallback ? fallback : place),
  };
}

function buildMap(builder: Builder, map: MapSource, place: Place): Node {
  const node: MapNode = { kind: 'map', entries: new Map(), ...place };
  const merges: Merge[] = [];
  for (const pair of map.items) {
    if (isMap(pair.key)) return reportLiquid(builder, place);
    const key = buildKey(builder, pair.key);
    if (!key) continue;
    const item = build(builder, pair.value, key);
    if (isMergeKey(pair.key)) merges.push({ key, ...item });
    else addEntry(builder, node, { key, ...item });
  }
  for (const merge of merges) mergeInto(node, merge, builder.report);
  return sized(builder, node, [...node.entries.values()]);
}

function addEntry(builder: Builder, map: MapNode, entry: Entry): void {
  const first = map.entries.get(entry.key.text);
  if (!first) map.entries.set(entry.key.text, entry);
  else
    builder.report(
      entry.key,
      'duplicate-key',
      `\`${entry.key.text}\` stands here a second time, first on line ${first.key.line}`,
    );
}

function buildKey(builder: Builder, key: ParsedNode | null): ScalarNode | undefined {
  const place = builder.placeOf(key?.range[0] ?? 0);
  const { value } = build(builder, key, place);
  if (value.kind === 'scalar') return value;
  if (value.kind !== 'hole') {
    builder.report(place, 'wrong-type', `a key must be a plain text, found a ${value.kind}`);
  }
  return undefined;
}

/** Without quotes, `{{ version }}` is a map whose key is a map. */
function reportLiquid(builder: Builder, place: Place): Node {
  builder.report(place, 'wrong-type', 'a text that begins with `{{` needs quotes', 'write "{{ ... }}"');
  return { kind: 'hole', ...place };
}

function isMergeKey(key: ParsedNode | null): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<';
}

function resolveAlias(builder: Builder, name: string, at: Place): Item {
  const target = builder.anchors.get(name);
  if (!target) {
    if (builder.anchors.has(name))
      builder.report(at, 'unknown-alias', `the alias \`*${name}\` is inside its own anchor`);
    else
      builder.report(at, 'unknown-alias', `nothing before this has the anchor \`&${name}\``, didYouMean(name, builder));
    return { value: { kind: 'hole', ...at }, at };
  }
  const { shared } = builder;
  const before = shared.aliased;
  shared.aliased += sizeOf(builder, target);
  if (shared.aliased <= MAX_ALIASED_NODES) return { value: target, at };
  if (before <= MAX_ALIASED_NODES)
    builder.report(at, 'yaml-syntax', `the aliases up to here stand for more than ${MAX_ALIASED_NODES} values`);
  return { value: { kind: 'hole', ...at }, at };
}

function didYouMean(name: string, builder: Builder): string | undefined {
  const nearest = suggest(name, builder.anchors.keys());
  return nearest && `did you mean \`*${nearest}\`?`;
}

function sized(builder: Builder, node: Node, children: Item[]): Node {
  builder.sizes.set(
    node,
    children.reduce((sum, child) => sum + sizeOf(builder, child.value), 1),
  );
  return node;
}

function sizeOf(builder: Builder, node: Node): number {
  return builder.sizes.get(node) ?? 1;
}

function scalarValue(scalar: Scalar.Parsed): ScalarNode['value'] {
  const { value } = scalar;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return String(value);
}

function textOf(scalar: Scalar.Parsed): string {
  return scalar.type === 'PLAIN' && typeof scalar.value !== 'string' ? scalar.source : String(scalar.value ?? '');
}

function plain(node: Node): Item {
  return { value: node, at: node };
}
