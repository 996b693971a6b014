import { posix } from 'node:path';

/**
 * The folder, relative to the manifest's, where a template may find partials and layouts: `explicit` if given, else the
 * nearest folder that contains every `templates_dir`. This is never the manifest's folder by default; if no nearer
 * folder is common, it is the first folder of each `templates_dir`. `undefined` if there is no such folder.
 */
export function templatesRoot(templatesDir: string, allDirs: readonly string[], explicit?: string): string | undefined {
  if (explicit !== undefined) return normalise(explicit);
  const common = [templatesDir, ...allDirs.filter(isInside)].map(parentFolders).reduce(commonStart);
  return common.length > 0 ? common.join('/') : folders(templatesDir)[0];
}

/** The roots of all `templates_dir`s of a manifest, without duplicates, relative to the manifest's folder. */
export function templateRoots(allDirs: readonly string[], explicit?: string): string[] {
  const roots = allDirs.filter(isInside).map((dir) => templatesRoot(dir, allDirs, explicit));
  return [...new Set(roots.filter((root) => root !== undefined))];
}

/** Whether a `templates_dir` is a folder below the manifest's. */
function isInside(dir: string): boolean {
  return !posix.isAbsolute(dir) && !/^[a-z]:/i.test(dir) && folders(dir).length > 0 && folders(dir)[0] !== '..';
}

function parentFolders(dir: string): string[] {
  return folders(dir).slice(0, -1);
}

function commonStart(left: string[], right: string[]): string[] {
  const end = left.findIndex((folder, index) => folder !== right[index]);
  return end === -1 ? left : left.slice(0, end);
}

function folders(dir: string): string[] {
  const normal = normalise(dir);
  return normal === '.' ? [] : normal.split('/');
}

function normalise(dir: string): string {
  return posix.normalize(dir.replaceAll('\\', '/')).replace(/(.)\/+$/, '$1');
}
