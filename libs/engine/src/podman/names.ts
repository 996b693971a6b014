import { hasRegistry } from '../registry/reference.ts';

/** The name under which podman and buildah keep an image of our own: `localhost/model-server:base` for `model-server:base`. */
export function storageName(reference: string): string {
  const tagged = /[:@][^/]*$/.test(reference) ? reference : `${reference}:latest`;
  return hasRegistry(reference) ? tagged : `localhost/${tagged}`;
}
