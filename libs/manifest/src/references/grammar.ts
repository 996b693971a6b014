// Grammar of the OCI distribution specification ("Pulling manifests") and of distribution/reference: a registry host
// with an optional port, then lower-case path components.
const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const host = '(?:[a-z0-9][a-z0-9-]*(?:\\.[a-z0-9][a-z0-9-]*)*|\\[[0-9a-f:]+\\])(?::[0-9]+)?';
const repository = new RegExp(`^(?:${host}/)?${component}(?:/${component})*$`);
const pathComponent = new RegExp(`^${component}$`);
const tagAndDigest = /(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-f]{32,})?$/;
const MAX_LENGTH = 255;

/** Whether a text can be a path component of a repository. */
function isPathComponent(text: string): boolean {
  return text.length <= MAX_LENGTH && pathComponent.test(text);
}

/** Whether a text can be the path of a repository, without a registry: `app`, `osrf/ros`. */
export function isRepositoryPath(text: string): boolean {
  return text.split('/').every(isPathComponent) && text.length <= MAX_LENGTH;
}

/** Whether a text names a repository: `us.gcr.io/p/x`, `localhost:5000/x`; no tag, no digest, no scheme. */
export function isRepository(text: string): boolean {
  return text.length <= MAX_LENGTH && repository.test(text);
}

/** Whether a text is an image reference, with or without tag and digest. */
export function isImageReference(text: string): boolean {
  return text.length <= 2 * MAX_LENGTH && isRepository(text.replace(tagAndDigest, ''));
}

/** What to do about a text that is not a repository. */
export function repositoryHint(text: string): string | undefined {
  if (text.includes('://')) return 'leave out the scheme: a registry is named by its host';
  if (/\s/.test(text)) return 'leave out the white space';
  if (/[A-Z]/.test(text) && isRepository(text.toLowerCase()))
    return `write it in lower case: \`${text.toLowerCase()}\``;
  if (isImageReference(text)) return 'leave out the tag: images have tags of their own';
  return 'host, `/` and path in lower case, as in `docker.io/bentoml/model-server`';
}

/** Whether a text contains the user information of a URL, which may be a password. */
export function holdsCredentials(text: string): boolean {
  return /\/\/[^/]*@/.test(text) || /^[^/@:]+:[^/@]+@(?!sha\d)/.test(text);
}
