import { existsSync, readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { suggest } from '@nx-image-matrix/diagnostics';
import { contains, isFolder, realPath, relativePath } from './paths.ts';
import { TemplatesDirProblem } from './problem.ts';

/** Most folders to list if no name is similar. */
const SHOWN = 10;

/** Reports a `templates_dir` that is not a folder, and lists the folders that exist there. */
export function missingFolder(contextDir: string, templatesDir: string): TemplatesDirProblem {
  const dir = resolve(contextDir, templatesDir);
  const message = `\`templates_dir: ${templatesDir}\` is not there: the manifest's folder has no such folder`;
  if (existsSync(dir)) {
    return new TemplatesDirProblem('missing-template', `\`templates_dir: ${templatesDir}\` is not a folder`);
  }
  return new TemplatesDirProblem('missing-template', message, whatIsThere(contextDir, dir));
}

function whatIsThere(contextDir: string, dir: string): string {
  let missing = dir;
  while (dirname(missing) !== contextDir && !isFolderOf(contextDir, dirname(missing))) missing = dirname(missing);
  const parent = dirname(missing);
  const pathOf = (name: string): string => relativePath(contextDir, resolve(parent, name));
  const names = foldersIn(contextDir, parent);
  const near = suggest(relativePath(parent, missing), names);
  if (near !== undefined) return `did you mean \`${pathOf(near)}${relativeTail(missing, dir)}\`?`;
  const place = parent === contextDir ? "the manifest's folder" : `\`${pathOf('.')}\``;
  if (names.length === 0) return `there are no folders in ${place}`;
  const shown = names.slice(0, SHOWN).map((name) => `\`${pathOf(name)}\``);
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `there ${names.length === 1 ? 'is' : 'are'} ${shown.join(', ')}${more} in ${place}`;
}

/** Does not list what a symbolic link leads to outside of the workspace. */
function isFolderOf(contextDir: string, folder: string): boolean {
  const [root, real] = [realPath(contextDir), realPath(folder)];
  return isFolder(folder) && root !== undefined && real !== undefined && contains(root, real);
}

function relativeTail(missing: string, dir: string): string {
  return missing === dir ? '' : `/${relativePath(missing, dir)}`;
}

/** Without folders that contain no templates: `node_modules`, `.git` and the like. */
function foldersIn(contextDir: string, folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.') && name !== 'node_modules');
  return names.filter((name) => isFolderOf(contextDir, resolve(folder, name))).sort();
}
