import type { Tree } from './checkout.ts';
import { copiedFiles, referencesOf } from './copied-files.ts';
import type { RenderedImage, Rendering } from './rendering.ts';

/** The state of a workspace at one moment. */
export interface Moment {
  rendering: Rendering;
  tree: Tree;
}

/** The fields of `image.json` that only a push reads. */
const pushKeys = ['tags', 'floatingTags', 'repositories', 'unversioned'];

/**
 * The names of the images that have changed: new ones, those with different generated or copied files, and all that
 * start `FROM` or copy from one of these, unless only its tags and repositories changed.
 */
export function changedImages(before: Moment, after: Moment): Set<string> {
  const images = [...after.rendering.values()];
  const differing = (view: (image: RenderedImage) => RenderedImage): Set<string> =>
    new Set(
      images
        .filter((image) => {
          const old = before.rendering.get(image.name);
          return !old || differs(filesOf(view(old), before), filesOf(view(image), after));
        })
        .map(({ name }) => name),
    );
  const changed = differing((image) => image);
  const built = differing(withoutPushes);
  const names = new Map(images.map(({ reference, name }) => [reference, name]));
  const parents = new Map(images.map((image) => [image.name, referencesOf(image).map((one) => names.get(one))]));
  for (let size = -1; size !== built.size;) {
    size = built.size;
    for (const [name, own] of parents) if (own.some((parent) => built.has(parent!))) built.add(name);
  }
  return new Set([...changed, ...built]);
}

function withoutPushes(image: RenderedImage): RenderedImage {
  const files = new Map(image.files);
  const file = files.get('image.json')!;
  const document = JSON.parse(String(file.content)) as Record<string, unknown>;
  for (const key of pushKeys) delete document[key];
  return { ...image, files: files.set('image.json', { ...file, content: JSON.stringify(document) }) };
}

/** Rendered files and copied files: path -> mode and content. */
function filesOf(image: RenderedImage, { tree, rendering }: Moment): Map<string, string> {
  const files = copiedFiles(image, tree, rendering);
  for (const [path, { content, executable }] of image.files) {
    files.set(`${image.folder}/${path}`, `${executable} ${Buffer.from(content).toString('base64')}`);
  }
  return files;
}

function differs(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size !== other.size || [...one].some(([path, facts]) => other.get(path) !== facts);
}
