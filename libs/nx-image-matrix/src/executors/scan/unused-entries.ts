import type { ImageFolder } from '../../workspace/image-folders.ts';
import type { ScannedImage } from './table.ts';

/** A vulnerability that a manifest accepts. */
interface Entry {
  manifest: string;
  id: string;
}

/**
 * Accepted vulnerabilities that no image has. Said only of those whose images have all been scanned in this run: another
 * image may have them.
 */
export function unusedEntries(scanned: readonly ScannedImage[], folders: ReadonlyMap<string, ImageFolder>): Entry[] {
  const results = new Map(scanned.map(({ project, result }) => [project, result]));
  const unused = new Map<string, Entry>();
  const needed = new Set<string>();
  for (const { project, manifest, scan } of folders.values()) {
    const result = results.get(project);
    const free = new Set(result?.unused.map(({ id }) => id));
    for (const { id } of scan?.ignore ?? []) {
      const key = JSON.stringify([manifest, id]);
      if (free.has(id)) unused.set(key, { manifest, id });
      else needed.add(key);
    }
  }
  return [...unused].filter(([key]) => !needed.has(key)).map(([, entry]) => entry);
}
