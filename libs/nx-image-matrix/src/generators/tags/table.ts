import { posix } from 'node:path';
import { renderRunTag, type Image } from '@nx-image-matrix/manifest';
import type { TableStyle } from './marker.ts';

/** An image, as shown in a table. */
export interface TaggedImage {
  image: Pick<Image, 'dir' | 'package' | 'tags' | 'floatingTags' | 'platforms' | 'push'>;
  /** Workspace-relative folder of the generated files. */
  root: string;
  /** From the last build on this machine, `84.3 MB`; absent if there was none. */
  size?: string;
}

const { compare } = new Intl.Collator('en', { numeric: true });

/**
 * The table of one package, in the order of `docker-matrix`, for a file in `folder`. An image without a recorded size
 * keeps its previous one.
 */
export function tagTable(images: readonly TaggedImage[], style: TableStyle, folder: string, before: string): string[] {
  const sizes = formerSizes(before);
  const rows = images
    .filter(({ image }) => style.all || image.push)
    .toSorted((a, b) => compare(a.root, b.root))
    .map((tagged) => rowOf(tagged, style, folder, sizes));
  const header = ['Tags', 'Platforms', ...(style.sizes ? ['Size'] : []), 'Dockerfile'];
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function rowOf(
  { image, root, size }: TaggedImage,
  style: TableStyle,
  folder: string,
  former: ReadonlyMap<string, string>,
): string[] {
  const link = linkTo(`${root}/Dockerfile`, style, folder);
  const tags = [...image.tags, ...image.floatingTags].map((tag) => `\`${readable(tag)}\``);
  return [
    tags.join(', '),
    image.platforms.join(', ') || "the builder's",
    ...(style.sizes ? [size ?? former.get(link) ?? '-'] : []),
    `[${root.slice(root.lastIndexOf(`/${image.package}/`) + image.package.length + 2)}](${link})`,
  ];
}

/** The values of a run, in words. */
const readableRun = {
  date: 'YYYYMMDD',
  sha: 'COMMIT',
  full_sha: 'FULL_COMMIT',
  branch: 'BRANCH',
  formatDate: (format: string): string =>
    format.replaceAll(/%[-_0^#:]*\d*([A-Za-z])/g, (_, code: string) => dateWords[code] ?? 'DATE'),
};

const dateWords: Record<string, string> = {
  Y: 'YYYY',
  y: 'YY',
  m: 'MM',
  d: 'DD',
  H: 'HH',
  M: 'MM',
  S: 'SS',
  F: 'YYYY-MM-DD',
};

function readable(tag: string): string {
  return renderRunTag(tag, readableRun);
}

function linkTo(path: string, { url }: TableStyle, folder: string): string {
  const target = url === undefined ? posix.relative(folder, path) : path;
  const encoded = encodeURI(target).replaceAll('(', '%28').replaceAll(')', '%29');
  return url === undefined ? encoded : `${url.replace(/\/+$/, '')}/${encoded}`;
}

/** Sizes by link, from a table of this generator with a column of sizes. */
function formerSizes(text: string): Map<string, string> {
  if (!/^\| Tags \| Platforms \| Size \|/m.test(text)) return new Map();
  return new Map(
    [...text.matchAll(/^\|.* \| ([^|]+) \| \[[^\]]*\]\(([^)]*)\) \|\s*$/gm)].map(([, size = '', link = '']) => [
      link,
      size,
    ]),
  );
}
