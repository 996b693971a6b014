import { isLoopback, parseReference } from '@nx-image-matrix/manifest/reference';

/** What is asked in the place of a registry. */
export interface Mirror {
  /** `mirror.example`, `localhost:5000` */
  registry: string;
  /** Put before the repositories, such as `dockerhub`; empty for none. */
  path: string;
  /** Whether it is accessed over plain HTTP. */
  plainHttp: boolean;
}

const server = String.raw`(?:localhost|(?=[^/]*[.:])[a-z0-9][a-z0-9.-]*)(?::\d{1,5})?`;

/** A registry in the plugin option `mirrors`: a host as in references, with its port. */
export const REGISTRY_PATTERN = `^${server}$`;

/** A mirror in that option: the same, and the path of a proxy repository. */
export const MIRROR_PATTERN = `^${server}(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$`;

/** A mirror of the plugin option; accessed over plain HTTP only if it is on a loopback address. */
export function readMirror(text: string): Mirror {
  const [registry = '', ...path] = text.split('/');
  return { registry, path: path.join('/'), plainHttp: isLoopback(registry) };
}

/** A mirror as an engine's `registry-mirrors` name it: a URL without a path. `undefined` for anything else. */
export function readMirrorUrl(text: unknown): Mirror | undefined {
  if (typeof text !== 'string' || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, host, pathname, username, password, search, hash } = new URL(text);
  if (pathname !== '/' || username || password || search || hash) return undefined;
  return { registry: host, path: '', plainHttp: protocol === 'http:' };
}

/** The reference of an image in a mirror: `mirror.example/dockerhub/library/debian:12` for `debian:12`. */
export function referenceInMirror(mirror: Mirror, reference: string): string {
  const { tag = 'latest' } = parseReference(reference);
  return `${repositoryInMirror(mirror, reference)}:${tag}`;
}

/** The repository of an image in a mirror. */
export function repositoryInMirror({ registry, path }: Mirror, reference: string): string {
  return [registry, ...(path === '' ? [] : [path]), parseReference(reference).repository].join('/');
}
