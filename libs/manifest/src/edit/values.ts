import { isScalar, stringify } from 'yaml';
import type { MapSource } from '../yaml/nodes.ts';
import { pairOf } from './source.ts';

/** A value to write: lists and maps are in block style unless `flow` is given. */
export type Value = string | { alias: string } | { list: Value[]; flow?: boolean } | { map: Entry[]; flow?: boolean };
export type Entry = [key: string, value: Value];

export interface Layout {
  step: number;
  dash: number;
}

/** The value of a key in column `indent`, starting after the colon: ` text`, or a line end and the lines below. */
export function writeValue(value: Value, indent: number, layout: Layout): string {
  if (typeof value === 'string' || isInline(value)) return ` ${inline(value)}`;
  if ('list' in value) {
    const pad = ' '.repeat(indent + layout.dash);
    return value.list.map((item) => `\n${pad}- ${inline(item)}`).join('');
  }
  if ('alias' in value) return ` ${inline(value)}`;
  const column = indent + layout.step;
  return value.map.map((entry) => `\n${writeEntry(entry, column, layout)}`).join('');
}

/** `key: value` in column `indent`, without a trailing line end. */
export function writeEntry([key, value]: Entry, indent: number, layout: Layout): string {
  return `${' '.repeat(indent)}${plainKey(key)}:${writeValue(value, indent, layout)}`;
}

/** A value on one line, as in `[a, b]`. */
export function inline(value: Value): string {
  if (typeof value === 'string') return scalar(value);
  if ('alias' in value) return `*${value.alias}`;
  if ('list' in value) return `[${value.list.map(inline).join(', ')}]`;
  return value.map.length === 0 ? '{}' : `{ ${inlineEntries(value.map)} }`;
}

/** `a: b, c: d` */
export function inlineEntries(entries: Entry[]): string {
  return entries.map(([key, entry]) => `${plainKey(key)}: ${inline(entry)}`).join(', ');
}

function isInline(value: Value): boolean {
  if (typeof value === 'string' || 'alias' in value || value.flow) return true;
  return ('list' in value ? value.list : value.map).length === 0;
}

/** Plain if YAML reads it as the same text, else quoted. Quotes keep the spelling of a number. */
function scalar(text: string): string {
  if (/[[\]{},#]|:\s|:$/.test(text) || text !== text.trim()) return JSON.stringify(text);
  return stringify(text, { lineWidth: 0 }).trimEnd();
}

/** A key as the manifest spells it: versions such as `3.10` need no quotes. */
function plainKey(text: string): string {
  return text === '<<' || /^[A-Za-z0-9_][A-Za-z0-9_./-]*$/.test(text) ? text : JSON.stringify(text);
}

/** The aliases that a map merges with `<<: *name`. */
export function mergedAliases(map: MapSource): string[] {
  const merged = pairOf(map, '<<')?.value;
  if (!merged || isScalar(merged)) return [];
  if ('source' in merged) return [String(merged.source)];
  return 'items' in merged ? merged.items.flatMap((item) => ('source' in item ? [String(item.source)] : [])) : [];
}
