import { EPOCH_ARGUMENT } from '@nx-image-matrix/manifest/epoch';

const PROXIES = new Set(['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY']);

/**
 * Whether BuildKit uses a build argument without an `ARG`:
 * https://docs.docker.com/reference/dockerfile/#predefined-args and #buildkit-built-in-build-args
 */
export function isPredefined(name: string): boolean {
  return isProxy(name) || name === EPOCH_ARGUMENT || name.startsWith('BUILDKIT_');
}

/** Whether a build argument only configures network access, which BuildKit leaves out of its cache keys too. */
export function isProxy(name: string): boolean {
  return PROXIES.has(name) || (PROXIES.has(name.toUpperCase()) && name === name.toLowerCase());
}
