import type { ImageFacts } from './generate-image.ts';
import type { Parts } from './part-files.ts';

/** One manifest and everything derived from it. */
export interface Matrix<I extends ImageFacts = ImageFacts> {
  /** Workspace-relative path of the manifest. */
  file: string;
  /** Workspace-relative folder of the manifest, which is the build context; empty at the workspace root. */
  contextDir: string;
  /** Its other files. */
  parts: Parts;
  images: I[];
}
