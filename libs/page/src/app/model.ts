import type { PageImage } from '../data.ts';
import { failuresOf } from './checks.ts';
import { statuses, statusOf, type Status } from './status.ts';

/** An image with values that the views use often. */
export interface Entry {
  image: PageImage;
  status: Status;
  /** `debian 12` */
  system: string;
  /** `cuda12.4.1-python3.12`: tells it from others of its release type; empty for none. */
  variant: string;
  /** Its parent in this matrix. */
  parent?: Entry;
  children: Entry[];
  /** Lower-case text that the search box matches. */
  text: string;
}

/** All images, linked to their parents. */
export function toEntries(images: readonly PageImage[]): Entry[] {
  const entries = images.map(toEntry);
  const byReference = new Map(entries.map((entry) => [entry.image.reference, entry]));
  for (const entry of entries) {
    entry.parent = byReference.get(entry.image.from);
    entry.parent?.children.push(entry);
  }
  return entries;
}

function toEntry(image: PageImage): Entry {
  const status = statusOf(image);
  const folder = image.root.split('/').at(-1) ?? '';
  const { project, reference, from, tags, floatingTags, repositories, nxTags, args } = image;
  const words = [project, reference, from, ...tags, ...floatingTags, ...repositories, ...nxTags];
  return {
    image,
    status,
    system: `${image.distro} ${image.distroVersion}`,
    variant: folder.startsWith(`${image.releaseType}-`) ? folder.slice(image.releaseType.length + 1) : '',
    children: [],
    text: [...words, ...Object.values(args), statuses[status].label, failuresOf(image)].join('\n').toLowerCase(),
  };
}

/** Whether an image has every word of a search, and one of the chosen statuses if there are any. */
export function matcher(query: string, chosen: ReadonlySet<Status>): (entry: Entry) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return ({ text, status }) => (chosen.size === 0 || chosen.has(status)) && words.every((word) => text.includes(word));
}
