import { isSame } from '../yaml/is-same.ts';
import type { Problems } from '../yaml/problems.ts';
import { isExtension, type Entry, type MapNode, type Node } from '../yaml/tree.ts';

/**
 * One tree of the files of a manifest, merged by key at the top two levels, without `include`. Reports a key that two
 * files set differently.
 */
export function mergeParts(trees: readonly Node[], problems: Problems): Node | undefined {
  const [first] = trees;
  if (first?.kind !== 'map' || (trees.length === 1 && !first.entries.has('include'))) return first;
  const merged: MapNode = { ...first, entries: new Map() };
  for (const tree of trees) {
    if (tree.kind !== 'map') continue;
    for (const [name, entry] of tree.entries) {
      if (name === 'include' || (isExtension(name) && tree !== first)) continue;
      addSection(merged, name, entry, problems);
    }
  }
  return merged;
}

function addSection(merged: MapNode, name: string, entry: Entry, problems: Problems): void {
  const known = merged.entries.get(name);
  if (!known) {
    // A copy, because an anchored map may be used elsewhere too.
    const value = entry.value.kind === 'map' ? { ...entry.value, entries: new Map(entry.value.entries) } : entry.value;
    merged.entries.set(name, { ...entry, value, ...(entry.at === entry.value && { at: value }) });
  } else if (known.value.kind === 'map' && entry.value.kind === 'map') {
    for (const [key, own] of entry.value.entries) {
      const other = known.value.entries.get(key);
      if (!other) known.value.entries.set(key, own);
      else if (!isExtension(key) && !isSame(other.value, own.value)) {
        report(other, own, `\`${key}\` of \`${name}\``, problems);
      }
    }
  } else if (!isSame(known.value, entry.value)) report(known, entry, `\`${name}\``, problems);
}

function report({ key: first }: Entry, { key }: Entry, what: string, problems: Problems): void {
  const place = `${first.file ?? problems.file}:${first.line}:${first.column}`;
  problems.add(key, 'duplicate-key', `${what} is set differently in ${place}`, {
    hint: 'set it in one of the two files',
  });
}
