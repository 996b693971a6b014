import type { ImageReference } from '@nx-image-matrix/dockerfile';
import { parseReference } from '@nx-image-matrix/manifest/reference';
import type { GeneratedImage } from './generate-image.ts';

/** An external image without a digest. */
export interface ExternalReference {
  /** Where the first image names it. */
  reference: ImageReference;
  image: GeneratedImage;
  /** Other images that name it. */
  others: GeneratedImage[];
}

/** The external images that images name without a digest, by reference as it is read, in the order of the images. */
export function externalReferences(
  images: readonly GeneratedImage[],
  isOwn: (reference: string) => boolean,
): Map<string, ExternalReference> {
  const found = new Map<string, ExternalReference>();
  for (const image of images) {
    for (const reference of image.references) {
      const name = reference.reference;
      const known = found.get(name);
      if (known?.image === image || known?.others.at(-1) === image) continue;
      if (known) known.others.push(image);
      else if (parseReference(name).digest === undefined && !isOwn(name)) {
        found.set(name, { reference, image, others: [] });
      }
    }
  }
  return found;
}
