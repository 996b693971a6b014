import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { findDuplicateProjects, findDuplicateReferences } from '@nx-image-matrix/manifest';
import type { Matrix } from './matrix.ts';

/** Reports images, of one matrix or several, that share a project name or a pushed reference. */
export function findDuplicates(matrices: readonly Pick<Matrix, 'file' | 'images'>[]): Diagnostic[] {
  const expanded = matrices.map(({ file, images }) => ({
    file,
    images: images.map(({ image: { name, package: owner, reference, position, push }, document }) => {
      const { tags, floatingTags, repositories } = document;
      return { name, package: owner, reference, position, push, tags, floatingTags, repositories };
    }),
  }));
  return [...findDuplicateProjects(expanded), ...findDuplicateReferences(expanded)];
}
