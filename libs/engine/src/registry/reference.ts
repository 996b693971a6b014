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
 * Reads a reference as the engines do: the first path component is a registry when it has a dot or a colon, or is
 * `localhost`, or has upper case (https://pkg.go.dev/github.com/distribution/reference).
 */
export function parseReference(text: string): Reference {
  const [name = '', digest] = text.split('@');
  const colon = name.lastIndexOf(':');
  const tagged = colon > name.lastIndexOf('/');
  const path = tagged ? name.slice(0, colon) : name;
  const tag = tagged ? name.slice(colon + 1) : undefined;

  const slash = path.indexOf('/');
  const first = slash === -1 ? '' : path.slice(0, slash);
  if (!isRegistry(first)) return { registry: 'docker.io', repository: inLibrary(path), tag, digest };
  const rest = path.slice(slash + 1);
  if (first === 'docker.io' || first === 'index.docker.io') {
    return { registry: 'docker.io', repository: inLibrary(rest), tag, digest };
  }
  return { registry: first, repository: rest, tag, digest };
}

/** The registry that a reference without or with tag is pushed to; `docker.io` for `bentoml/model-server`. */
export function registryOf(reference: string): string {
  return parseReference(reference).registry;
}

/** The full form, with registry and tag: `docker.io/library/debian:latest`. Equal names have equal full forms. */
export function normalizeReference(text: string): string {
  const { registry, repository, tag, digest } = parseReference(text);
  const name = `${registry}/${repository}`;
  if (digest) return `${name}@${digest}`;
  return `${name}:${tag ?? 'latest'}`;
}

/** The name without tag as Docker shows it: `debian` for `docker.io/library/debian:10`. */
export function familiarName(text: string): string {
  const { registry, repository } = parseReference(text);
  if (registry !== 'docker.io') return `${registry}/${repository}`;
  return repository.replace(/^library\//, '');
}

/** Name and tag as Docker shows them: `debian:10` for `docker.io/library/debian:10`. */
export function familiarReference(text: string): string {
  return `${familiarName(text)}:${parseReference(text).tag ?? 'latest'}`;
}

/** Whether a reference names its registry, rather than leaving it to the engine. */
export function hasRegistry(text: string): boolean {
  return text.includes('/') && isRegistry(text.slice(0, text.indexOf('/')));
}

/** Whether a registry is on this machine, where engines and registries speak plain HTTP. */
export function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);
}

function isRegistry(component: string): boolean {
  return component === 'localhost' || /[.:]/.test(component) || component !== component.toLowerCase();
}

function inLibrary(path: string): string {
  return path.includes('/') ? path : `library/${path}`;
}
