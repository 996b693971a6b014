import { isSeq, type Pair, type ParsedNode } from 'yaml';
import { isMapSource, type ListSource, type MapSource } from '../yaml/nodes.ts';
import { endOf, endOfNode, isNothing, type Source } from './source.ts';
import { inline, inlineEntries, writeEntry, writeValue, type Entry, type Value } from './values.ts';

/** Adds an entry at the end of a map, in the style of that map. */
export function insertEntry(source: Source, map: MapSource, entry: Entry): string {
  const [first] = map.items;
  const last = map.items.at(-1);
  if (map.flow || !first || !last) return insertInFlow(source, map, inlineEntries([entry]), '{ ');
  const indent = source.columnOf(first.key.range[0]);
  const gap = isSpaced(source, map) ? '\n' : '';
  return insertLines(source, endOf(source, last), indent, gap + writeEntry(entry, indent, source));
}

/** Adds an item at the end of a list, in the style of that list. */
export function insertItem(source: Source, list: ListSource, item: string): string {
  const last = list.items.at(-1);
  if (list.flow || !last) return insertInFlow(source, list, inline(item), '[');
  const indent = source.columnOf(list.range[0]);
  const end = endOfNode(source, last);
  return insertLines(source, end, indent, `${' '.repeat(indent)}- ${inline(item)}`);
}

/** Sets the value of a key: adds it where there is none, else replaces it. */
export function setValue(source: Source, pair: Pair<ParsedNode, ParsedNode | null>, value: Value): string {
  if (pair.value && !isNothing(pair.value)) {
    const [start, end] = pair.value.range;
    return splice(source.text, start, end, inline(value));
  }
  const colon = source.text.indexOf(':', pair.key.range[1]) + 1;
  const written = writeValue(value, source.columnOf(pair.key.range[0]), source);
  return splice(source.text, colon, colon, written.replaceAll('\n', source.eol));
}

/** Adds an entry to a top-level section, which is created at the end of the file if missing. */
export function insertInSection(source: Source, name: string, entry: Entry): string {
  const pair = source.root.items.find(({ key }) => 'source' in key && key.source === name);
  if (pair && isMapSource(pair.value) && pair.value.items.length > 0) {
    return insertEntry(source, pair.value, entry);
  }
  if (pair) return setValue(source, pair, { map: [entry] });
  return insertEntry(source, source.root, [name, { map: [entry] }]);
}

/** After the line of the last member and the comments below that belong to it. */
function insertLines(source: Source, lastEnd: number, indent: number, lines: string): string {
  let end = source.lineEnd(lastEnd);
  for (let next = nextLine(source, end); next < source.text.length; next = nextLine(source, end)) {
    const [, spaces] = /^( *)#/.exec(source.text.slice(next, source.lineEnd(next))) ?? [];
    if (indent === 0 || spaces === undefined || spaces.length < indent) break;
    end = source.lineEnd(next);
  }
  return splice(source.text, end, end, `\n${lines}`.replaceAll('\n', source.eol));
}

function nextLine(source: Source, end: number): number {
  const at = source.text.indexOf('\n', end);
  return at < 0 ? source.text.length : at + 1;
}

/** After the last member: on the same line, or on a new line if each member has one. */
function insertInFlow(source: Source, node: MapSource | ListSource, text: string, open: string): string {
  const last = node.items.at(-1);
  if (!last) {
    const [start, end] = node.range;
    return splice(source.text, start, end, open + text + (isSeq(node) ? ']' : ' }'));
  }
  const end = 'key' in last ? endOf(source, last) : endOfNode(source, last);
  const [start] = ('key' in last ? last.key : last).range;
  const hasOwnLine = source.text.slice(source.lineStart(start), start).trim() === '';
  const comma = /^\s*,/.exec(source.text.slice(end, node.range[1]));
  if (!hasOwnLine) return splice(source.text, end, end, `, ${text}`);
  const indent = ' '.repeat(source.columnOf(start));
  if (!comma) return splice(source.text, end, end, `,${source.eol}${indent}${text}`);
  const lineEnd = source.lineEnd(end + comma[0].length);
  return splice(source.text, lineEnd, lineEnd, `${source.eol}${indent}${text},`);
}

/** Whether an empty line separates the last two entries of a map. */
function isSpaced(source: Source, map: MapSource): boolean {
  const [before, last] = map.items.slice(-2);
  if (!before || !last) return false;
  const between = source.text.slice(endOf(source, before), last.key.range[0]);
  return /\n[ \t]*\r?\n/.test(between);
}

function splice(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end);
}
