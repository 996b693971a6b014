import { posix } from 'node:path';

/**
 * A valid package name for a text: lower case, digits, and single separators between them; `app` if nothing is left.
 */
export function packageNameFrom(text: string): string {
  const name = text
    .replace(/^@[^/]*\//, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name || 'app';
}

/**
 * A folder of the workspace in Nx's format: relative, with `/`, empty for the workspace root.
 * @throws Error if it is outside.
 */
export function folderOf(directory: string): string {
  const folder = posix.normalize(directory.replaceAll('\\', '/')).replace(/\/+$/, '');
  if (folder.startsWith('/') || folder === '..' || folder.startsWith('../')) {
    throw new Error(`"${directory}" is not below the workspace. Give a folder relative to it, such as "images".`);
  }
  return folder === '.' ? '' : folder;
}
