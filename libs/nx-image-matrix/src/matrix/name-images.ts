import type { Diagnostic } from '@nx-image-matrix/diagnostics';

/** The diagnostics of an image's templates, by the name of the image. */
export type ImageDiagnostics = readonly [name: string, diagnostics: readonly Diagnostic[]];

/**
 * The diagnostics of all images without duplicates. A template error names its images: the first, and how many more.
 * The path of a rendered Dockerfile already names its image.
 */
export function nameImages(images: readonly ImageDiagnostics[]): Diagnostic[] {
  const found = new Map<string, { diagnostic: Diagnostic; names: string[] }>();
  for (const [name, diagnostics] of images) {
    for (const diagnostic of diagnostics) {
      const key = JSON.stringify(diagnostic);
      const known = found.get(key);
      if (known) known.names.push(name);
      else found.set(key, { diagnostic, names: [name] });
    }
  }
  return [...found.values()].map(({ diagnostic, names }) =>
    diagnostic.code === 'template-error'
      ? { ...diagnostic, message: `${diagnostic.message} (in ${listOf(names)})` }
      : diagnostic,
  );
}

function listOf([first, ...others]: readonly string[]): string {
  if (others.length === 0) return `${first}`;
  return `${first} and ${others.length} more ${others.length === 1 ? 'image' : 'images'}`;
}
