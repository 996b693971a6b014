import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { RenderedFile } from '@nx-image-matrix/templates';
import { digestOf, fileOf, sha256, type GeneratedImage } from '../generate-image.ts';
import type { Matrix } from '../matrix.ts';
import type { JsonStore } from './store.ts';

/** Text unchanged, bytes in base64. */
type StoredContent = string | { base64: string };

/** A file of an image, with its content by digest: files next to a template are the same for all its images. */
type StoredFile = [path: string, executable: boolean, hash: string];

interface StoredContents {
  contents: Record<string, StoredContent>;
  images: Record<string, { files: StoredFile[]; warnings: Diagnostic[] }>;
}

/** Characters of all contents of a manifest. Beyond that, they are rendered again when written. */
const MOST_STORED = 150_000_000;

export type ImageContents = Pick<GeneratedImage, 'rendered' | 'warnings'>;

/** Stores the contents of a manifest's generated files, by the digest of their image; nothing if they are too large. */
export function storeContents(store: JsonStore, { file, images }: Matrix<GeneratedImage>): void {
  const contents = new Map<string, StoredContent>();
  const stored: StoredContents['images'] = {};
  let left = MOST_STORED;
  for (const image of images) {
    left -= addContents(contents, image);
    if (!(left >= 0)) return;
    const { digest, files, warnings } = image;
    stored[digest] = { files: files.map(({ path, executable, hash }) => [path, executable, hash]), warnings };
  }
  store.write(contentsName(file), { contents: Object.fromEntries(contents), images: stored } satisfies StoredContents);
}

/** Adds contents that earlier images lack, and returns their characters; `NaN` if a content is missing. */
function addContents(contents: Map<string, StoredContent>, { files, rendered }: GeneratedImage): number {
  let added = 0;
  for (let index = 0; index < files.length; index++) {
    const hash = files[index]?.hash;
    if (hash === undefined || contents.has(hash)) continue;
    const content = rendered[index]?.content;
    if (content === undefined) return NaN;
    added += content.length;
    contents.set(hash, typeof content === 'string' ? content : { base64: content.toString('base64') });
  }
  return added;
}

/**
 * Reads the files that were rendered for the project graph, so that writing them needs no second rendering: a function
 * from an image's digest to its files, `undefined` if the digest is not stored or does not match the files.
 */
export function storedContents(store: JsonStore, manifest: string): (digest: string) => ImageContents | undefined {
  const { contents = {}, images = {} } = (store.read(contentsName(manifest)) ?? {}) as Partial<StoredContents>;
  return (digest) => {
    const image = Object.hasOwn(images, digest) ? images[digest] : undefined;
    if (!image) return undefined;
    const { files, warnings } = image;
    const rendered = files.flatMap(([path, executable, hash]): RenderedFile[] => {
      const content = Object.hasOwn(contents, hash) ? contents[hash] : undefined;
      if (content === undefined) return [];
      const isText = typeof content === 'string';
      return [{ path, executable, content: isText ? content : Buffer.from(content.base64, 'base64') }];
    });
    return digestOf(rendered.map(fileOf)) === digest ? { rendered, warnings } : undefined;
  };
}

function contentsName(manifest: string): string {
  return `files-${sha256(manifest).slice(0, 16)}`;
}
