/** One machine's share of the images: `{ index: 1, total: 4 }` is the first of four. */
export interface Shard {
  index: number;
  total: number;
}

/**
 * Parses `1/4`.
 * @throws Error that quotes what was found.
 */
export function parseShard(text: string): Shard {
  const match = /^(\d{1,4})\/(\d{1,4})$/.exec(text.trim());
  const shard = { index: Number(match?.[1]), total: Number(match?.[2]) };
  if (match && shard.index >= 1 && shard.index <= shard.total) return shard;
  throw new Error(
    `"${text}" is not a shard; write the number of this machine and of all machines, from "1/4" to "4/4" for four.`,
  );
}

/**
 * Divides images into `total` lists. Each image is in exactly one list, and the lists depend only on the arguments, so
 * independent machines agree.
 *
 * Images with the same root parent stay together, to avoid building one on two machines, unless they are more than one
 * machine's share: then the images on top are divided, and each machine builds the parent for itself.
 *
 * @param parents project name -> the images of the workspace that its Dockerfile names, including images that are left
 * out
 */
export function shardImages(
  images: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
  total: number,
): string[][] {
  const wanted = new Set(images);
  const share = Math.ceil(wanted.size / total);
  const forest = makeForest(wanted, parents);
  const units = forest.roots.flatMap((root) => divide(root, forest, wanted, share));
  return distribute(units, total);
}

interface Forest {
  roots: string[];
  children: Map<string, string[]>;
}

/** Each image below the first of its parents, and with it every ancestor of a wanted image. */
function makeForest(wanted: ReadonlySet<string>, parents: ReadonlyMap<string, readonly string[]>): Forest {
  const roots: string[] = [];
  const children = new Map<string, string[]>();
  const seen = new Set<string>();
  const open = [...wanted];
  for (let image = open.pop(); image !== undefined; image = open.pop()) {
    if (seen.has(image)) continue;
    seen.add(image);
    const [parent] = [...(parents.get(image) ?? [])].sort();
    if (parent === undefined) {
      roots.push(image);
      continue;
    }
    children.set(parent, [...(children.get(parent) ?? []), image]);
    open.push(parent);
  }
  return { roots: roots.sort(), children };
}

/** The wanted images of a tree: in one unit, or in several if one would exceed a share. */
function divide(root: string, forest: Forest, wanted: ReadonlySet<string>, share: number): string[][] {
  const all = subtree(root, forest).filter((image) => wanted.has(image));
  if (all.length <= share) return all.length > 0 ? [all.sort()] : [];
  const own = wanted.has(root) ? [root] : [];
  const parts = [...(forest.children.get(root) ?? [])].sort().flatMap((child) => divide(child, forest, wanted, share));
  const [first = [], ...others] = bySize(parts);
  return [[...own, ...first], ...others];
}

function subtree(root: string, { children }: Forest): string[] {
  const found = [root];
  // The list grows during the loop.
  for (const image of found) found.push(...(children.get(image) ?? []));
  return found;
}

/** Largest first, each to the machine with the least work so far. */
function distribute(units: readonly string[][], total: number): string[][] {
  const shards: string[][] = Array.from({ length: total }, () => []);
  for (const unit of bySize(units)) {
    const least = shards.reduce((a, b) => (b.length < a.length ? b : a));
    least.push(...unit);
  }
  return shards.map((shard) => shard.sort());
}

function bySize(units: readonly string[][]): string[][] {
  return [...units].sort((a, b) => b.length - a.length || ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
}
