import { formatDiagnostics, type Diagnostic } from '@nx-image-matrix/diagnostics';
import { generatedImagesOf, type AllMatrices } from '../matrix/generated-images-of.ts';
import type { GeneratedImage } from '../matrix/generate-image.ts';
import { hasErrors } from '../matrix/has-errors.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { ReadOptions } from '../matrix/read-matrices.ts';
import { sourceReader } from '../workspace/source-reader.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** An image of one side, with the matrix that it belongs to. */
export interface SideImage {
  generated: GeneratedImage;
  matrix: Matrix<GeneratedImage>;
  /** Workspace-relative folder of its files. */
  folder: string;
}

/** The images of a workspace in one state. */
export interface Side {
  workspace: Workspace;
  read: AllMatrices;
  /** By project name, in the order of the manifests. */
  images: ReadonlyMap<string, SideImage>;
  errors: Diagnostic[];
}

/** Renders the images of a workspace in one state. */
export function readSide(workspace: Workspace, options: ReadOptions = {}): Side {
  return sideOf(workspace, generatedImagesOf(workspace, options));
}

/** The same, of images that were rendered before. */
export function sideOf(workspace: Workspace, read: AllMatrices): Side {
  const images = new Map<string, SideImage>();
  for (const matrix of read.matrices) {
    for (const generated of matrix.images) {
      images.set(generated.image.name, { generated, matrix, folder: generated.document.folder });
    }
  }
  const errors = hasErrors(read.diagnostics) ? read.diagnostics.filter(({ severity }) => severity === 'error') : [];
  return { workspace, read, images, errors };
}

/** The errors of a side, as text. */
export function describeErrors({ workspace, read, errors }: Side): string {
  return formatDiagnostics(errors, sourceReader(workspace.root, read.dockerfiles));
}
