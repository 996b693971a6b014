import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isObject } from '@nx-image-matrix/engine/unknown';
import { readRegularFile } from '../fs/read-file.ts';

/** Bytes of a `package.json`. */
const LARGEST_PACKAGE = 1_000_000;

/**
 * Whether this workspace's Nx supports fields of a JSON file as inputs, as 22.7 and later do:
 * https://nx.dev/reference/inputs
 */
export function knowsJsonInputs(workspaceRoot: string): boolean {
  const [major = 0, minor = 0] = nxVersion(workspaceRoot)?.split('.').map(Number) ?? [];
  return major > 22 || (major === 22 && minor >= 7);
}

/** Whether this workspace's Nx is older than a release, such as 23.3; false if the version is unknown. */
export function isNxBefore(workspaceRoot: string, major: number, minor: number): boolean {
  const [ownMajor = NaN, ownMinor = NaN] = nxVersion(workspaceRoot)?.split('.').map(Number) ?? [];
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}

/** The `package.json` of this workspace's Nx; `undefined` if the Nx package is not found. */
export function nxPackage(workspaceRoot: string): string | undefined {
  for (const folder of [workspaceRoot, join(workspaceRoot, '.nx/installation')]) {
    try {
      return createRequire(join(folder, 'package.json')).resolve('nx/package.json');
    } catch {
      // It is not installed there.
    }
  }
  return undefined;
}

/** `undefined` if it is unknown. */
function nxVersion(workspaceRoot: string): string | undefined {
  const path = nxPackage(workspaceRoot);
  if (path === undefined) return undefined;
  try {
    const manifest: unknown = JSON.parse(readRegularFile(path, LARGEST_PACKAGE).toString('utf8'));
    const version = isObject(manifest) ? manifest['version'] : undefined;
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
