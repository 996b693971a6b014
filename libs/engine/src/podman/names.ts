import { hasRegistry, parseReference } from '@nx-image-matrix/manifest/reference';

/**
 * The name of an own image in podman and buildah: `localhost/model-server:base` for `model-server:base`. An image ID is
 * returned without its algorithm.
 */
export function storageName(reference: string): string {
  if (/^sha256:[0-9a-f]{64}$/.test(reference)) return reference.slice('sha256:'.length);
  const { tag, digest } = parseReference(reference);
  const tagged = tag || digest ? reference : `${reference}:latest`;
  return hasRegistry(reference) ? tagged : `localhost/${tagged}`;
}
