import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import type { Image } from '@nx-image-matrix/manifest';
import { pluginOptions } from '../workspace/image-folders.ts';
import { resolveOptions } from '../workspace/options.ts';
import { checkedImages } from './checked-images.ts';

/**
 * Changes a manifest and prints which images are new, and which are gone.
 * @throws Error when the manifest has errors before or after, or a new image has no template; then nothing is written.
 */
export async function editManifest(
  tree: Tree,
  manifest: string | undefined,
  edit: (text: string, images: Image[]) => string,
): Promise<void> {
  const { readNxJson } = await import('@nx/devkit');
  const options = resolveOptions(pluginOptions(readNxJson(tree) ?? {}));
  const file = manifest ?? (tree.exists('manifest.yml') ? 'manifest.yml' : 'manifest.yaml');
  const content = tree.read(file, 'utf8');
  if (content === null) {
    throw new Error(
      `There is no ${manifest ?? 'manifest.yml'}. Name one with --manifest, or begin one: nx g nx-image-matrix:manifest`,
    );
  }
  const mark = content.startsWith('\ufeff') ? '\ufeff' : '';
  const before = checkedImages(content, file, options, `${file} has errors already; nothing was written.\n\n`);
  const text = mark + edit(content.slice(mark.length), before);
  const after = checkedImages(text, file, options, `${file} would have errors; nothing was written.\n\n`);
  const added = without(after, before);
  checkTemplates(tree, posix.dirname(file), added);
  tree.write(file, text);
  console.log(
    report('New images', added) + report('Images that are gone, or have another name', without(before, after)),
  );
}

function without(images: Image[], others: Image[]): Image[] {
  const names = new Set(others.map(({ name }) => name));
  return images.filter(({ name }) => !names.has(name));
}

function checkTemplates(tree: Tree, folder: string, images: Image[]): void {
  for (const { templatesDir, releaseType } of images) {
    const path = posix.join(folder, templatesDir, releaseType);
    if (tree.exists(`${path}.Dockerfile.liquid`) || tree.exists(`${path}/Dockerfile.liquid`)) continue;
    throw new Error(
      `There is neither ${path}.Dockerfile.liquid nor ${path}/Dockerfile.liquid; nothing was written. ` +
        'Write the template first, or choose another folder of templates.',
    );
  }
}

function report(title: string, images: Image[]): string {
  if (images.length === 0) return title.startsWith('New') ? '\nNo image is new.\n' : '';
  return `\n${title}:\n${images.map(({ name, reference }) => `  ${name}  ${reference}\n`).join('')}`;
}
