import type { PageData, PageImage } from '@nx-image-matrix/page';
import type { MatrixRow } from './rows.ts';

/** The data of the matrix for the page. */
export function pageData(
  rows: readonly MatrixRow[],
  { manifest, engine, filter }: Pick<PageData, 'manifest' | 'engine' | 'filter'>,
): PageData {
  return { manifest, madeAt: new Date().toISOString(), engine, filter, images: rows.map(pageImage) };
}

function pageImage({
  parents: _parents,
  pushes: _pushes,
  labels: _labels,
  secrets: _secrets,
  ...image
}: MatrixRow): PageImage {
  return image;
}
