import type { ImageDocument } from '../types.ts';

/**
 * Labels that do not change between builds. Keys of the OCI image specification, annotations.md, "Pre-Defined
 * Annotation Keys". The manifest's labels win.
 */
export function staticLabels(document: ImageDocument): Record<string, string> {
  return {
    'org.opencontainers.image.title': document.package,
    'org.opencontainers.image.base.name': document.baseImage,
    ...document.labels,
  };
}
