import type { Node } from './tree.ts';

/** Whether two values mean the same, wherever and however they are written; lists in order, maps in any. */
export function isSame(one: Node, other: Node): boolean {
  if (one === other) return true;
  if (one.kind === 'map' && other.kind === 'map') {
    return (
      one.entries.size === other.entries.size &&
      [...one.entries].every(([name, { value }]) => {
        const same = other.entries.get(name);
        return same !== undefined && isSame(value, same.value);
      })
    );
  }
  if (one.kind === 'list' && other.kind === 'list') {
    const { items } = other;
    return (
      one.items.length === items.length &&
      one.items.every(({ value }, index) => {
        const same = items[index];
        return same !== undefined && isSame(value, same.value);
      })
    );
  }
  if (one.kind !== 'scalar' || other.kind !== 'scalar') return false;
  return one.text === other.text && (one.value === null) === (other.value === null);
}
