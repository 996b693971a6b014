import type { Tree } from './checkout.ts';
import { copiedFiles, referencesOf } from './copied-files.ts';
import type { RenderedImage, Rendering } from './rendering.ts';

/** A workspace at one moment. */
export interface Moment {
  rendering: Rendering;
  tree: Tree;
}

/**
 * The names of the images that have changed: new ones, those with other files or other copied files, and whatever
 * starts FROM one of these or copies from it.
 */
export function changedImages(before: Moment, after: Moment): Set<string> {
  const images = [...after.rendering.values()];
  const changed = new Set(
    images
      .filter((image) => {
        const old = before.rendering.get(image.name);
        return !old || differs(filesOf(old, before), filesOf(image, after));
      })
      .map(({ name }) => name),
  );
  const names = new Map(images.map(({ reference, name }) => [reference, name]));
  const parents = new Map(images.map((image) => [image.name, referencesOf(image).map((one) => names.get(one))]));
  for (let size = -1; size !== changed.size;) {
    size = changed.size;
    for (const [name, own] of parents) if (own.some((parent) => changed.has(parent!))) changed.add(name);
  }
  return changed;
}

/** Rendered files and copied files: path -> mode and content. */
function filesOf(image: RenderedImage, { tree }: Moment): Map<string, string> {
  const files = copiedFiles(image, tree);
  for (const [path, { content, executable }] of image.files) {
    files.set(`${image.folder}/${path}`, `${executable} ${Buffer.from(content).toString('base64')}`);
  }
  return files;
}

function differs(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size !== other.size || [...one].some(([path, facts]) => other.get(path) !== facts);
}
