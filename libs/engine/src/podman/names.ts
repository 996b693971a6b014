import { hasRegistry } from '../registry/reference.ts';

/**
 * The name under which podman and buildah keep an image of our own: `localhost/model-server:base` for `model-server:base`.
 * An image ID stays one, without the algorithm.
 */
export function storageName(reference: string): string {
  if (/^sha256:[0-9a-f]{64}$/.test(reference)) return reference.slice('sha256:'.length);
  const tagged = /[:@][^/]*$/.test(reference) ? reference : `${reference}:latest`;
  return hasRegistry(reference) ? tagged : `localhost/${tagged}`;
}
