import type { PageData, PageImage } from '@nx-image-matrix/page';
import type { ExplainedImage } from '../../explain/cause.ts';
import { describeCause } from '../../explain/describe.ts';
import type { MatrixRow } from './rows.ts';

/** The data of the matrix for the page. */
export function pageData(
  rows: readonly MatrixRow[],
  { manifest, engine, filter }: Pick<PageData, 'manifest' | 'engine' | 'filter'>,
  differences?: ReadonlyMap<string, ExplainedImage>,
): PageData {
  const images = rows.map((row) => ({
    ...pageImage(row),
    ...(differences && { differsBy: causesOf(differences.get(row.project)) }),
  }));
  return { manifest, madeAt: new Date().toISOString(), engine, filter, images };
}

function causesOf(image: ExplainedImage | undefined): string[] {
  return (image?.causes ?? []).map(describeCause).map(({ what, where }) => `${what} ${where}`.trim());
}

function pageImage({
  parents: _parents,
  pushes: _pushes,
  labels: _labels,
  secrets: _secrets,
  scan: _scan,
  ...image
}: MatrixRow): PageImage {
  return image;
}
