import type { ExplainedImage } from './cause.ts';

/** The wanted images, and those that are named as a parent of one of them, down to the root; in their order. */
export function withAncestors(
  images: readonly ExplainedImage[],
  isWanted: (image: ExplainedImage) => boolean,
): ExplainedImage[] {
  const byName = new Map(images.map((image) => [image.name, image]));
  const kept = new Set(images.filter(isWanted));
  for (const { causes } of kept) {
    for (const { kind, name } of causes) {
      const parent = kind === 'parent' ? byName.get(name ?? '') : undefined;
      if (parent) kept.add(parent);
    }
  }
  return images.filter((image) => kept.has(image));
}
