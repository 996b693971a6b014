import { posix } from 'node:path';
import { LINK_MODE, type ChangedPath } from '../workspace/git-changes.ts';
import { Attribution } from './attribution.ts';
import type { ExplainedImage } from './cause.ts';
import { copiedCause } from './copied-cause.ts';
import { copiedChanges } from './copied-changes.ts';
import { differenceOf, type Difference } from './image-difference.ts';
import type { Side, SideImage } from './read-side.ts';
import { Trials, type Stage } from './trials.ts';
import { unreadableCause } from './unreadable.ts';

/** Both states of an image of the present. */
interface Compared {
  old?: SideImage;
  now: SideImage;
  difference: Difference;
  copied: ChangedPath[];
}

/** The images that differ between two states, each before the images that it starts from. */
export function compareSides(before: Stage, after: Stage, changes: ReadonlyMap<string, ChangedPath>): ExplainedImage[] {
  const compared = compareImages(before.side, after.side, changes);
  const removed = removedImages(before.side, after.side);
  const built = changedBuilds(compared, after.side.read.parents);
  const isChanged = ({ now, difference, copied }: Compared): boolean =>
    difference.files.length > 0 || copied.length > 0 || parentsOf(now, after.side).some((parent) => built.has(parent));
  const changed = [...compared.values()].filter((one) => !one.old || isChanged(one));
  const wanted = new Set([...changed.map(({ now }) => nameOf(now)), ...removed.map(nameOf)]);
  const attribution = new Attribution(before.side, after.side, changes, new Trials(before, after, wanted));
  const copied = new Set(changed.flatMap((one) => one.copied));
  before.tree().prefetch([...copied].flatMap((change) => (change.before?.mode === LINK_MODE ? [change.path] : [])));
  const explained = changed.map(({ old, now, difference, copied: files }): ExplainedImage => {
    const parents = parentsOf(now, after.side).filter((parent) => built.has(parent));
    const unreadable = old ? undefined : unreadableCause(before, now);
    const own = unreadable
      ? [unreadable]
      : old
        ? attribution.ofChanged(old, now, difference, { parents, copied: files })
        : attribution.ofAdded(now);
    return {
      name: nameOf(now),
      manifest: now.matrix.file,
      change: old || unreadable ? 'changed' : 'added',
      causes: [
        ...own,
        ...files.map((change) => copiedCause(change, before.tree(), after.side.workspace.root)),
        ...(old ? parents.map((name) => ({ kind: 'parent' as const, name })) : []),
      ],
    };
  });
  const gone = removed.map((old): ExplainedImage => ({
    name: nameOf(old),
    manifest: old.matrix.file,
    change: 'removed',
    causes: attribution.ofRemoved(old),
  }));
  return [...childrenFirst(explained, after.side.read.parents), ...gone];
}

function compareImages(before: Side, after: Side, changes: ReadonlyMap<string, ChangedPath>): Map<string, Compared> {
  const compared = new Map<string, Compared>();
  for (const [name, now] of after.images) {
    const old = before.images.get(name);
    const difference = old ? differenceOf(old, now) : { files: [], builds: true };
    compared.set(name, { ...(old && { old }), now, difference, copied: [] });
  }
  const copiedOf = copiedChanges(before, after, [
    ...withoutGenerated(before, after, changes),
    ...generatedChanges(compared),
  ]);
  for (const one of compared.values()) {
    const folders = [one.now.folder, ...(one.old ? [one.old.folder] : [])];
    one.copied = copiedOf(one.old, one.now).filter(
      ({ path }) => !folders.some((folder) => path.startsWith(`${folder}/`)),
    );
  }
  return compared;
}

/** Of generated files the rendered content counts, whether or not it is on disk. */
function withoutGenerated(before: Side, after: Side, changes: ReadonlyMap<string, ChangedPath>): ChangedPath[] {
  const generated = new Set<string>();
  for (const { images } of [before, after]) {
    for (const { folder, generated: image } of images.values()) {
      for (const { path } of image.files) generated.add(posix.join(folder, path));
    }
  }
  return [...changes.values()].filter(({ path }) => !generated.has(path));
}

function generatedChanges(compared: ReadonlyMap<string, Compared>): ChangedPath[] {
  return [...compared.values()].flatMap(({ old, now, difference }) =>
    difference.files.map((path): ChangedPath => {
      const is = (image: SideImage | undefined) => {
        const file = image?.generated.files.find((one) => one.path === path);
        return file && { mode: file.executable ? '100755' : '100644' };
      };
      const [was, isNow] = [is(old), is(now)];
      return { path: posix.join(now.folder, path), ...(was && { before: was }), ...(isNow && { after: isNow }) };
    }),
  );
}

function removedImages(before: Side, after: Side): SideImage[] {
  return [...before.images].flatMap(([name, image]) => (after.images.has(name) ? [] : [image]));
}

/** The images whose build has changed, and with it those that start from them. */
function changedBuilds(
  compared: ReadonlyMap<string, Compared>,
  parents: ReadonlyMap<string, readonly string[]>,
): Set<string> {
  const changed = new Map<string, boolean>();
  const differs = (name: string): boolean => {
    const known = changed.get(name);
    if (known !== undefined) return known;
    // Images that start from each other are an error elsewhere.
    changed.set(name, false);
    const one = compared.get(name);
    const own = one !== undefined && (!one.old || one.difference.builds || one.copied.length > 0);
    const result = own || (parents.get(name) ?? []).some(differs);
    changed.set(name, result);
    return result;
  };
  return new Set([...compared.keys()].filter(differs));
}

/** The order in which causes are read: from an image to what it starts from. */
function childrenFirst(
  images: readonly ExplainedImage[],
  parents: ReadonlyMap<string, readonly string[]>,
): ExplainedImage[] {
  const byName = new Map(images.map((image) => [image.name, image]));
  const hasChild = new Set(images.flatMap(({ name }) => parents.get(name) ?? []));
  const ordered = new Set<ExplainedImage>();
  // A parent comes after the last of its children.
  const children = new Map<string, number>();
  for (const { name } of images)
    for (const parent of parents.get(name) ?? []) children.set(parent, (children.get(parent) ?? 0) + 1);
  const add = (name: string): void => {
    const image = byName.get(name);
    if (!image || ordered.has(image)) return;
    ordered.add(image);
    for (const parent of parents.get(name) ?? []) {
      const left = (children.get(parent) ?? 1) - 1;
      children.set(parent, left);
      if (left <= 0) add(parent);
    }
  };
  for (const { name } of images) if (!hasChild.has(name)) add(name);
  for (const { name } of images) add(name);
  return [...ordered];
}

function parentsOf(image: SideImage, { read }: Side): readonly string[] {
  return read.parents.get(nameOf(image)) ?? [];
}

function nameOf({ generated }: SideImage): string {
  return generated.image.name;
}
