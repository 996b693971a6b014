import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isObject } from '@nx-image-matrix/engine/unknown';
import { readRegularFile } from '../fs/read-file.ts';

/** Bytes of a `package.json`. */
const LARGEST_PACKAGE = 1_000_000;

/**
 * Whether this workspace's Nx knows inputs that are fields of a JSON file, which 22.7 was the first to:
 * https://nx.dev/reference/inputs
 */
export function knowsJsonInputs(workspaceRoot: string): boolean {
  const [major = 0, minor = 0] = nxVersion(workspaceRoot)?.split('.').map(Number) ?? [];
  return major > 22 || (major === 22 && minor >= 7);
}

/** Whether this workspace's Nx is older than a release, such as 23.3; no where it cannot be told. */
export function isNxBefore(workspaceRoot: string, major: number, minor: number): boolean {
  const [ownMajor = NaN, ownMinor = NaN] = nxVersion(workspaceRoot)?.split('.').map(Number) ?? [];
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}

/** The `package.json` of this workspace's Nx; `undefined` where Nx is not found as a package. */
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

/** `undefined` where it cannot be told. */
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
