const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** A list that many images share, as a set, which is created once: it may have thousands of entries. */
export function setOf(list: readonly string[]): ReadonlySet<string> {
  const known = sets.get(list) ?? new Set(list);
  sets.set(list, known);
  return known;
}
