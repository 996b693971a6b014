import type { CST } from 'yaml';

/**
 * Deepest nesting of collections; no handwritten manifest needs more. The composer recurses, and V8 crashes at some
 * thousands.
 */
export const MAX_DEPTH = 100;

/** Offset of the first collection that is nested too deeply, or `undefined`. Does not recurse. */
export function findTooDeep(tokens: readonly CST.Token[]): number | undefined {
  let level: (CST.Token | null | undefined)[] = tokens.map((token) =>
    token.type === 'document' ? token.value : token,
  );
  for (let depth = 0; level.length > 0; depth++) {
    const below: typeof level = [];
    for (const token of level) {
      if (!token) continue;
      if (depth > MAX_DEPTH) return token.offset;
      if ('items' in token) for (const { key, value } of token.items) below.push(key, value);
    }
    level = below;
  }
  return undefined;
}
