import type { Image } from '@nx-image-matrix/manifest';

/** An existing image with the tags that it loses; `now` is absent if no image has its name any more. */
export interface RenamedImage {
  name: string;
  lost: string[];
  now?: string[];
}

/** The images that get another name, or lose a tag: pulls of these get no updates any more. */
export function renamedImages(before: readonly Image[], after: readonly Image[]): RenamedImage[] {
  const byName = new Map(after.map((image) => [image.name, image]));
  return before.flatMap(({ name, ...image }) => {
    const now = byName.get(name);
    const kept = new Set(now ? tagsOf(now) : []);
    const lost = tagsOf(image).filter((tag) => !kept.has(tag));
    return lost.length > 0 || !now ? [{ name, lost, ...(now && { now: tagsOf(now) }) }] : [];
  });
}

function tagsOf({ package: packageName, tags, floatingTags }: Omit<Image, 'name'>): string[] {
  return [...tags, ...floatingTags].map((tag) => `${packageName}:${tag}`);
}

/** The messages about them. */
export function reportRenamed(images: readonly RenamedImage[]): string {
  if (images.length === 0) return '';
  const lines = images.map(
    ({ name, lost, now }) => `  ${name}  ${lost.join(' ')} -> ${now?.join(' ') ?? 'no image'}\n`,
  );
  return `\nImages that are there already would get other tags or names; what was pushed as the old ones stays as it is:\n${lines.join('')}`;
}
