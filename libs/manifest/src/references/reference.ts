// Grammar of the OCI distribution specification ("Pulling manifests") and of distribution/reference: a registry host
// with a port in front of it, then path components in lower case.
const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const host = '(?:[a-z0-9][a-z0-9-]*(?:\\.[a-z0-9][a-z0-9-]*)*|\\[[0-9a-f:]+\\])(?::[0-9]+)?';
const repository = new RegExp(`^(?:${host}/)?${component}(?:/${component})*$`);
const pathComponent = new RegExp(`^${component}$`);
const tagAndDigest = /(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-f]{32,})?$/;
const MAX_LENGTH = 255;

/** Whether a text can be one component of a repository's path. */
export function isPathComponent(text: string): boolean {
  return text.length <= MAX_LENGTH && pathComponent.test(text);
}

/** Whether a text names a repository: `us.gcr.io/p/x`, `localhost:5000/x`; no tag, no digest, no scheme. */
export function isRepository(text: string): boolean {
  return text.length <= MAX_LENGTH && repository.test(text);
}

const dockerHub = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

/**
 * One text for all spellings of a repository: Docker Hub's names and what it leaves out, a port that is the default one,
 * and the names of this machine (https://pkg.go.dev/github.com/distribution/reference).
 */
export function canonicalRepository(text: string): string {
  const slash = text.indexOf('/');
  const first = slash === -1 ? '' : text.slice(0, slash);
  const named = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  const registry = named ? canonicalRegistry(first.toLowerCase()) : 'docker.io';
  const path = named ? text.slice(slash + 1) : text;
  return registry === 'docker.io' && !path.includes('/') ? `docker.io/library/${path}` : `${registry}/${path}`;
}

function canonicalRegistry(registry: string): string {
  const [, server = registry, port] = /^(.*?)(?::(\d+))?$/.exec(registry) ?? [];
  // Registries on this machine are accessed over plain HTTP.
  if (['localhost', '127.0.0.1', '[::1]'].includes(server))
    return port && port !== '80' ? `localhost:${port}` : 'localhost';
  const name = port && port !== '443' ? `${server}:${port}` : server;
  return dockerHub.has(name) ? 'docker.io' : name;
}

/** Whether a text is a reference to an image, with or without tag and digest. */
export function isImageReference(text: string): boolean {
  return text.length <= 2 * MAX_LENGTH && isRepository(text.replace(tagAndDigest, ''));
}

/** What to do about a text that names no repository. */
export function repositoryHint(text: string): string | undefined {
  if (text.includes('://')) return 'leave out the scheme: a registry is named by its host';
  if (/\s/.test(text)) return 'leave out the white space';
  if (/[A-Z]/.test(text) && isRepository(text.toLowerCase()))
    return `write it in lower case: \`${text.toLowerCase()}\``;
  if (isImageReference(text)) return 'leave out the tag: images have tags of their own';
  return 'host, `/` and path in lower case, as in `docker.io/bentoml/model-server`';
}

/** Whether a text holds user information of a URL, that is perhaps a password. */
export function holdsCredentials(text: string): boolean {
  return /\/\/[^/]*@/.test(text) || /^[^/@:]+:[^/@]+@(?!sha\d)/.test(text);
}
