import type { CST } from 'yaml';

/** Nesting of collections that no manifest of a human needs; the composer recurses, and V8 dies in it at some thousands. */
export const MAX_DEPTH = 100;

/** Offset of the first collection that is nested too deeply, or undefined. Does not recurse. */
export function findTooDeep(tokens: readonly CST.Token[]): number | undefined {
  const open: [token: CST.Token | null | undefined, depth: number][] = tokens.map((token) => [token, 0]);
  for (let next = open.pop(); next; next = open.pop()) {
    const [token, depth] = next;
    if (!token) continue;
    if (depth > MAX_DEPTH) return token.offset;
    if (token.type === 'document') open.push([token.value, depth]);
    else if ('items' in token) {
      for (const item of token.items) open.push([item.key, depth + 1], [item.value, depth + 1]);
    }
  }
  return undefined;
}
