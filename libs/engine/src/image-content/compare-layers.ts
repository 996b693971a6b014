import type { LayerFile } from './layer-files.ts';

/** How a file differs; `missing` is only in the first layer, `extra` only in the second. */
type FileChange =
  | 'missing'
  | 'extra'
  | 'type'
  | 'content'
  | 'link'
  | 'size'
  | 'mode'
  | 'owner'
  | 'attributes'
  | 'mtime';

export interface FileDifference {
  path: string;
  change: FileChange;
  /** Of the first and of the second layer, for people; empty where the change says all. */
  from: string;
  to: string;
}

export interface LayerDifference {
  /** The first of the most telling ones; absent if only the order or the form of the archive differs. */
  first?: FileDifference;
  /** How many files differ. */
  count: number;
  /** Whether the files are the same, in another order. */
  order: boolean;
}

/** A folder has another time as soon as a file in it is written, so a time says least. */
const weight = (change: FileChange, file: LayerFile): number => {
  if (change !== 'mtime') return ['mode', 'owner', 'attributes'].includes(change) ? 1 : 0;
  return file.type === 'directory' ? 3 : 2;
};

/** Compares the files of two layers. */
export function compareLayers(
  one: ReadonlyMap<string, LayerFile>,
  two: ReadonlyMap<string, LayerFile>,
): LayerDifference {
  let first: (FileDifference & { weight: number }) | undefined;
  let count = 0;
  const found = (difference: FileDifference, file: LayerFile): void => {
    count += 1;
    const own = weight(difference.change, file);
    if (!first || own < first.weight) first = { ...difference, weight: own };
  };
  for (const [path, file] of one) {
    const other = two.get(path);
    const change = other ? changeOf(file, other) : { change: 'missing' as const, from: '', to: '' };
    if (change) found({ path, ...change }, file);
  }
  for (const [path, file] of two) if (!one.has(path)) found({ path, change: 'extra', from: '', to: '' }, file);
  if (!first) return { count, order: count === 0 && !isSameOrder(one, two) };
  const { weight: _weight, ...difference } = first;
  return { first: difference, count, order: false };
}

function changeOf(one: LayerFile, two: LayerFile): Omit<FileDifference, 'path'> | undefined {
  if (one.type !== two.type) return { change: 'type', from: one.type, to: two.type };
  if (one.target !== two.target) return { change: 'link', from: one.target, to: two.target };
  if (one.size !== two.size) return { change: 'size', from: `${one.size} bytes`, to: `${two.size} bytes` };
  if (one.digest !== two.digest) return { change: 'content', from: one.digest.slice(0, 8), to: two.digest.slice(0, 8) };
  if (one.mode !== two.mode) return { change: 'mode', from: octal(one.mode), to: octal(two.mode) };
  if (one.owner !== two.owner) return { change: 'owner', from: one.owner, to: two.owner };
  if (one.attributes !== two.attributes) return { change: 'attributes', from: '', to: '' };
  if (one.mtime !== two.mtime) return { change: 'mtime', from: timeOf(one.mtime), to: timeOf(two.mtime) };
  return undefined;
}

function octal(mode: number): string {
  return `0${(mode & 0o7777).toString(8)}`;
}

function timeOf(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace('.000Z', 'Z');
}

function isSameOrder(one: ReadonlyMap<string, unknown>, two: ReadonlyMap<string, unknown>): boolean {
  const others = two.keys();
  for (const path of one.keys()) if (others.next().value !== path) return false;
  return true;
}
