import type { ImageDocument } from '../types.ts';

/**
 * Labels that do not change between builds. Keys of the OCI image specification, annotations.md, "Pre-Defined
 * Annotation Keys". The manifest's labels win.
 */
export function staticLabels(document: ImageDocument): Record<string, string> {
  const [base = '', digest] = document.baseImage.split('@');
  return {
    'org.opencontainers.image.title': document.package,
    'org.opencontainers.image.base.name': base,
    ...(digest !== undefined && { 'org.opencontainers.image.base.digest': digest }),
    ...document.labels,
  };
}
