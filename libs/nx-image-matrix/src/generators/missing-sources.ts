import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import type { GeneratedImage } from '../matrix/generate-image.ts';
import { gitIgnored } from '../workspace/git.ts';

/** A missing path of the workspace that Dockerfiles of new images copy. */
export interface MissingSource {
  path: string;
  /** The package of the first such image. */
  package: string;
  /** Project names. */
  images: string[];
}

/**
 * Missing files that the Dockerfiles of these images copy. Excludes files ignored by git, which a target creates, and
 * wildcards, which may match nothing.
 */
export function findMissingSources(tree: Tree, folder: string, images: readonly GeneratedImage[]): MissingSource[] {
  const found = new Map<string, MissingSource>();
  for (const { image, sources } of images) {
    for (const { path, unresolved } of sources) {
      const inWorkspace = posix.join(folder, path);
      if (unresolved || path === '' || /[*?[\\]/.test(path) || tree.exists(inWorkspace)) continue;
      const missing = found.get(inWorkspace) ?? { path: inWorkspace, package: image.package, images: [] };
      if (!missing.images.includes(image.name)) missing.images.push(image.name);
      found.set(inWorkspace, missing);
    }
  }
  const { ignored } = gitIgnored(tree.root, [...found.keys()]);
  return [...found.values()].filter(({ path }) => !ignored.has(path));
}

/** Copies them from another package's sources, if it has them; returns what it copied. */
export function copySources(tree: Tree, missing: readonly MissingSource[], packageName: string): string[] {
  return missing.flatMap(({ path, package: own }) => {
    const from = path
      .split('/')
      .map((segment) => (segment === own ? packageName : segment))
      .join('/');
    if (from === path || !tree.exists(from)) return [];
    copy(tree, from, path);
    return [path];
  });
}

function copy(tree: Tree, from: string, to: string): void {
  if (!tree.isFile(from)) {
    for (const name of tree.children(from)) copy(tree, posix.join(from, name), posix.join(to, name));
    return;
  }
  const content = tree.read(from);
  if (content) tree.write(to, content);
}

/** The messages about them. */
export function reportMissing(missing: readonly MissingSource[], copied: readonly string[]): string {
  const rest = missing.filter(({ path }) => !copied.includes(path));
  const lines = rest.map(({ path, images }) => `  ${path}  ${images[0]}${more(images.length)}\n`).join('');
  return (
    (copied.length > 0 ? `\nCopied, to begin with:\n${copied.map((path) => `  ${path}\n`).join('')}` : '') +
    (rest.length > 0
      ? `\nWrite what the new images copy and what is not there yet, or they cannot be built:\n${lines}`
      : '')
  );
}

function more(count: number): string {
  return count > 1 ? ` and ${count - 1} more` : '';
}
