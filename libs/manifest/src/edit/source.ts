import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode } from 'yaml';
import { compose } from '../yaml/compose.ts';
import { isAliasSource, isMapSource, isScalarSource, type MapSource } from '../yaml/nodes.ts';

/** An edit that cannot be made; the message says why and what to do. */
export class EditError extends Error {
  override readonly name = 'EditError';
}

/**
 * The text of a manifest with its parsed ranges. It always parses, because only manifests without errors are edited.
 */
export class Source {
  readonly text: string;
  readonly root: MapSource;
  readonly eol: string;
  /** Spaces per level. */
  readonly step: number;
  /** Spaces between a key and the `-` of the list below it. */
  readonly dash: number;

  /** Whether a text has a map to add to. */
  static isMap(text: string): boolean {
    return isMapSource(compose(text).document?.contents);
  }

  constructor(text: string) {
    this.text = text;
    const { document } = compose(text);
    if (!isMapSource(document?.contents)) throw new EditError('the manifest is empty or broken');
    this.root = document.contents;
    this.eol = text.includes('\r\n') ? '\r\n' : '\n';
    const indents = [...blockChildren(this, this.root)];
    this.step = indents.find(({ list }) => !list)?.width ?? 2;
    this.dash = indents.find(({ list }) => list)?.width ?? this.step;
  }

  /** The column, from 0, where something begins. */
  columnOf(offset: number): number {
    return offset - this.lineStart(offset);
  }

  lineStart(offset: number): number {
    return this.text.lastIndexOf('\n', offset - 1) + 1;
  }

  /** After the last character of a line, without its line end. */
  lineEnd(offset: number): number {
    const end = this.text.indexOf('\n', offset);
    if (end < 0) return this.text.length;
    return this.text[end - 1] === '\r' && end - 1 >= offset ? end - 1 : end;
  }
}

function* blockChildren(source: Source, map: MapSource): Generator<{ list: boolean; width: number }> {
  for (const { key, value } of map.items) {
    if (map.flow || !value || isAlias(value) || isScalar(value) || value.flow) continue;
    const first = isMap(value) ? value.items[0]?.key : value;
    if (first) {
      const width = source.columnOf(first.range[0]) - source.columnOf(key.range[0]);
      if (isSeq(value) || width > 0) yield { list: isSeq(value), width };
    }
    if (isMapSource(value)) yield* blockChildren(source, value);
  }
}

/** The pair of a key, as the source spells it. */
export function pairOf(map: MapSource, name: string): Pair<ParsedNode, ParsedNode | null> | undefined {
  return map.items.find(({ key }) => keyText(key) === name);
}

/** A key or value as the manifest spells it. */
export function keyText(node: ParsedNode | null | undefined): string {
  if (!isScalarSource(node)) return '';
  return node.type === 'PLAIN' ? node.source : String(node.value);
}

/** After the last character of a value, or of the key if there is no value. */
export function endOf(source: Source, pair: Pair<ParsedNode, ParsedNode | null>): number {
  if (pair.value && !isNothing(pair.value)) return endOfNode(source, pair.value);
  const colon = source.text.indexOf(':', pair.key.range[1]);
  return pair.value?.range ? Math.max(colon + 1, pair.value.range[1]) : colon + 1;
}

/** After the last character of a value or an item. */
export function endOfNode(source: Source, node: ParsedNode): number {
  if (isAliasSource(node)) return node.range[1];
  if (isScalarSource(node)) {
    const end = node.range[1];
    if (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') return end;
    return source.text.slice(0, end).trimEnd().length;
  }
  if (node.flow) return node.range[1];
  if (isMapSource(node)) {
    const last = node.items.at(-1);
    return last ? endOf(source, last) : node.range[1];
  }
  const last = node.items.at(-1);
  return last ? endOfNode(source, last) : node.range[1];
}

/** Whether a key has nothing after it: `cuda:`. */
export function isNothing(node: ParsedNode | null): boolean {
  return !node || (isScalarSource(node) && node.source === '' && node.value === null);
}
