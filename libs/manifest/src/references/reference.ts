export { isTag } from './tag.ts';

const HUB = 'docker.io';

/** The parts of an image reference, with Docker Hub's defaults filled in. */
export interface Reference {
  /** `docker.io`, `localhost:5000` */
  registry: string;
  /** `library/debian` */
  repository: string;
  tag?: string;
  /** `sha256:...` */
  digest?: string;
}

/**
 * Reads a reference as engines do: the first path component is a registry if it has a dot or a colon, is `localhost`,
 * or has upper case (https://pkg.go.dev/github.com/distribution/reference).
 */
export function parseReference(text: string): Reference {
  const [name = '', digest] = text.split('@');
  const colon = name.lastIndexOf(':');
  const tagged = colon > name.lastIndexOf('/');
  const path = tagged ? name.slice(0, colon) : name;
  const tag = tagged ? name.slice(colon + 1) : undefined;

  const named = hasRegistry(path);
  const slash = path.indexOf('/');
  const registry = named ? path.slice(0, slash) : HUB;
  const rest = named ? path.slice(slash + 1) : path;
  if (registry !== HUB && registry !== 'index.docker.io') return { registry, repository: rest, tag, digest };
  return { registry: HUB, repository: inLibrary(rest), tag, digest };
}

/** The registry that a reference, with or without a tag, is pushed to; `docker.io` for `bentoml/model-server`. */
export function registryOf(reference: string): string {
  return parseReference(reference).registry;
}

/** The full form, with registry and tag: `docker.io/library/debian:latest`. The same for equal names. */
export function normalizeReference(text: string): string {
  const { registry, repository, tag, digest } = parseReference(text);
  const name = `${registry}/${repository}`;
  if (digest) return `${name}@${digest}`;
  return `${name}:${tag ?? 'latest'}`;
}

/** The name without a tag, as Docker shows it: `debian` for `docker.io/library/debian:10`. */
export function familiarName(text: string): string {
  return shownName(parseReference(text));
}

/** Name and tag as Docker shows them: `debian:10` for `docker.io/library/debian:10`. Keeps a digest. */
export function familiarReference(text: string): string {
  // Most names are already short.
  if (!/[/@]/.test(text)) return text.includes(':') ? text : `${text}:latest`;
  const reference = parseReference(text);
  const { tag, digest } = reference;
  const shownTag = digest && !tag ? '' : `:${tag ?? 'latest'}`;
  return `${shownName(reference)}${shownTag}${digest ? `@${digest}` : ''}`;
}

function shownName({ registry, repository }: Reference): string {
  return registry === HUB ? repository.replace(/^library\//, '') : `${registry}/${repository}`;
}

/** Whether a reference names its registry instead of leaving it to the engine. */
export function hasRegistry(text: string): boolean {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  return first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
}

/** Whether a registry is on a loopback address, which engines access over plain HTTP. */
export function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}

/** The hosts of Docker Hub; engines recognize only the first two. */
const hubServers = new Set([HUB, 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

/**
 * One text for all names of a repository: equal not only for equal references, but for those that lead to the same
 * server. Omits the default port, and maps loopback names to one.
 */
export function canonicalRepository(text: string): string {
  const { registry, repository } = parseReference(text);
  const server = canonicalServer(registry.toLowerCase());
  return server === HUB ? `${HUB}/${inLibrary(repository)}` : `${server}/${repository}`;
}

function canonicalServer(registry: string): string {
  const [, host = registry, port] = /^(.*?)(?::(\d+))?$/.exec(registry) ?? [];
  // Loopback registries are accessed over plain HTTP.
  if (['localhost', '127.0.0.1', '[::1]'].includes(host))
    return port && port !== '80' ? `localhost:${port}` : 'localhost';
  const name = port && port !== '443' ? `${host}:${port}` : host;
  return hubServers.has(name) ? HUB : name;
}

function inLibrary(path: string): string {
  return path.includes('/') ? path : `library/${path}`;
}
