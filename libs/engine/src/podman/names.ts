import { hasRegistry, parseReference } from '@nx-image-matrix/manifest/reference';

/**
 * The name under which podman and buildah keep an image of our own: `localhost/model-server:base` for `model-server:base`.
 * An image ID stays one, without the algorithm.
 */
export function storageName(reference: string): string {
  if (/^sha256:[0-9a-f]{64}$/.test(reference)) return reference.slice('sha256:'.length);
  const { tag, digest } = parseReference(reference);
  const tagged = tag || digest ? reference : `${reference}:latest`;
  return hasRegistry(reference) ? tagged : `localhost/${tagged}`;
}
