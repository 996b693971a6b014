import type { Diagnostic } from '@nx-image-matrix/manifest';
import type { RenderedFile } from '@nx-image-matrix/templates';
import { digestOf, fileOf, sha256, type GeneratedImage } from '../generate-image.ts';
import type { Matrix } from '../read-matrices.ts';
import type { JsonStore } from './store.ts';

/** Files of an image: text as it is, bytes in base64. */
type StoredFile = [path: string, executable: boolean, content: string | { base64: string }];

type StoredContents = Record<string, { files: StoredFile[]; warnings: Diagnostic[] }>;

export type ImageContents = Pick<GeneratedImage, 'rendered' | 'warnings'>;

/** Keeps the contents of a manifest's generated files, by the digest of their image. */
export function storeContents(store: JsonStore, { file, images }: Matrix<GeneratedImage>): void {
  const contents: StoredContents = {};
  for (const { digest, rendered, warnings } of images) {
    const files = rendered.map(({ path, executable, content }): StoredFile => [
      path,
      executable,
      typeof content === 'string' ? content : { base64: content.toString('base64') },
    ]);
    contents[digest] = { files, warnings };
  }
  store.write(contentsName(file), contents);
}

/**
 * What the project graph was made from, so that writing it needs no second rendering: a function from an image's digest
 * to its files, `undefined` for a digest that is not stored or whose files are not those of the digest.
 */
export function storedContents(store: JsonStore, manifest: string): (digest: string) => ImageContents | undefined {
  const contents = (store.read(contentsName(manifest)) ?? {}) as StoredContents;
  return (digest) => {
    if (!Object.hasOwn(contents, digest)) return undefined;
    const { files, warnings } = contents[digest]!;
    const rendered = files.map(([path, executable, content]): RenderedFile => ({
      path,
      executable,
      content: typeof content === 'string' ? content : Buffer.from(content.base64, 'base64'),
    }));
    return digestOf(rendered.map(fileOf)) === digest ? { rendered, warnings } : undefined;
  };
}

function contentsName(manifest: string): string {
  return `contents-${sha256(manifest).slice(0, 16)}`;
}
