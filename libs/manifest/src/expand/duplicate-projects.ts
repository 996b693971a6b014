import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { Image } from '../image.ts';

/** A manifest and its images, as {@link findDuplicateProjects} compares them. */
export interface ImagesOfManifest {
  file: string;
  images: Pick<Image, 'name' | 'reference' | 'position'>[];
}

/**
 * Project names and local references that manifests of a workspace share, reported once per place that declares them.
 */
export function findDuplicateProjects(matrices: readonly ImagesOfManifest[]): Diagnostic[] {
  if (matrices.length < 2) return [];
  const owners = new Map<string, string>();
  const found = new Map<string, Diagnostic>();
  for (const { file, images } of matrices) {
    for (const image of images) {
      const names = [`the project \`${image.name}\``, `the image \`${image.reference}\``];
      const name = names.find((candidate) => (owners.get(candidate) ?? file) !== file);
      const { position } = image;
      const place = [position.line, position.column, position.file, file].join(':');
      const owner = name && owners.get(name);
      if (name && owner !== undefined && !found.has(place)) found.set(place, duplicate(image, file, name, owner));
      for (const candidate of names) if (!owners.has(candidate)) owners.set(candidate, file);
    }
  }
  return [...found.values()];
}

function duplicate(image: Pick<Image, 'position'>, file: string, name: string, owner: string): Diagnostic {
  const copy = copyIn(file, owner) ?? copyIn(owner, file);
  const prefix = 'give one of the two manifests a prefix of its own with the plugin option `prefix`';
  return {
    ...image.position,
    code: 'duplicate-project',
    severity: 'error',
    message: `${name} exists in ${owner} too`,
    hint: copy
      ? `if \`${copy}\` is a worktree or another copy of this workspace, list \`${copy}\` in .gitignore or .nxignore; else ${prefix}`
      : prefix,
  };
}

/**
 * The folder of `file` if its path below that folder equals the path of `other` in the workspace, as in a copy of the
 * workspace.
 */
function copyIn(file: string, other: string): string | undefined {
  return file.endsWith(`/${other}`) ? file.slice(0, -other.length - 1) : undefined;
}
