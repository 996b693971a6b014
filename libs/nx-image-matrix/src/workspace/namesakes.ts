import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { LARGEST_SOURCE, readRegularFile } from '../fs/read-file.ts';
import { sha256 } from '../matrix/generate-image.ts';
import { openStore, pluginVersion } from '../matrix/cache/store.ts';
import { ASKING, refusesNames } from './finished-graph.ts';

/** A project of this plugin. */
export interface OwnProject {
  name: string;
  root: string;
  /** Whether it is the project of a manifest, which a prefix does not rename. */
  isMatrix: boolean;
}

/** A project of the user that may have the same name as one of this plugin. */
interface Namesake {
  own: OwnProject;
  file: string;
}

const storeName = 'namesakes';

/** Files at the top that declare projects. */
const SETTINGS = ['nx.json', 'package.json', 'pnpm-workspace.yaml', '.nxignore', '.gitignore'];

/**
 * An error for each project of the user with the same name as one of this plugin: Nx rejects both, and does not know
 * which can be renamed. Names are read from the given `project.json` and `package.json` files; only Nx knows whether
 * such a file is a project, so Nx is asked if there is one.
 */
export function findNamesakes(
  workspaceRoot: string,
  files: readonly string[],
  projects: readonly OwnProject[],
): Diagnostic[] {
  if (process.env[ASKING] !== undefined) return [];
  const own = new Map(projects.map((project) => [project.name, project]));
  const roots = new Set(projects.map(({ root }) => root));
  const found = files.flatMap((file): Namesake[] => {
    if (roots.has(posix.dirname(file))) return [];
    const name = nameIn(workspaceRoot, file, own);
    const project = name === undefined ? undefined : own.get(name);
    return project ? [{ own: project, file }] : [];
  });
  return found.length > 0 && isRefused(workspaceRoot, found) ? found.map(namesake) : [];
}

/**
 * The name that Nx gives a project: from its file, else from its folder. Parses only files that contain one of the
 * names.
 */
function nameIn(workspaceRoot: string, file: string, own: ReadonlyMap<string, OwnProject>): string | undefined {
  const text = readText(workspaceRoot, file);
  const written = [...text.matchAll(/"name"\s*:\s*"([^"\\]*)"/g)].map(([, name = '']) => name);
  const folder = posix.basename(posix.dirname(file));
  if (!written.some((name) => own.has(name)) && !own.has(folder)) return undefined;
  return written.find((name) => own.has(name)) ?? (written.length === 0 ? folder : undefined);
}

/** Reuses Nx's answer to the same question. */
function isRefused(workspaceRoot: string, found: readonly Namesake[]): boolean {
  const settings = SETTINGS.map((file) => (existsSync(join(workspaceRoot, file)) ? readText(workspaceRoot, file) : ''));
  const names = found.map(({ own, file }) => [own.name, own.root, file, readText(workspaceRoot, file)]);
  const key = sha256(JSON.stringify([pluginVersion, settings, names]));
  const store = openStore(workspaceRoot, process.env);
  if (store.read(storeName) === key) return false;
  const refused = refusesNames(
    workspaceRoot,
    found.map(({ own }) => own.name),
  );
  if (!refused) store.write(storeName, key);
  return refused;
}

function namesake({ own, file }: Namesake): Diagnostic {
  const inOwnFolder = `put {"name": "docker-${own.name}"} into ${own.root}/project.json`;
  return {
    code: 'duplicate-project',
    severity: 'error',
    file,
    line: 1,
    column: 1,
    message: `the project \`${own.name}\` is here, and ${own.root}, which is ${own.isMatrix ? 'the project of a manifest' : 'an image'}, has the same name`,
    hint: own.isMatrix
      ? `rename one of them: to rename ours, ${inOwnFolder}. If ${file} is not a project of this workspace, list it in .nxignore.`
      : `Rename one of them: to rename all images, set the plugin option \`prefix\`. If ${file} is not a project of this workspace, list it in .nxignore.`,
  };
}

function readText(workspaceRoot: string, file: string): string {
  try {
    return readRegularFile(join(workspaceRoot, file), LARGEST_SOURCE, { within: workspaceRoot }).toString('utf8');
  } catch {
    return '';
  }
}
