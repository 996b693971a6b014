import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLines, privateFolders } from './watched-run.ts';
import type { Workspace } from './workspace.ts';

/**
 * What runs of the plugin leave behind: processes whose command line contains one of the words, temporary files and
 * locks in a workspace, and private folders of processes that have ended. Waits a moment for what is just ending.
 */
export async function leftovers(workspace: Workspace, words: readonly string[] = []): Promise<string[]> {
  let left: string[] = [];
  for (let tries = 0; tries < 100; tries += 1) {
    left = [
      ...commandLines().filter((line) => [workspace.root, ...words].some((word) => line.includes(word))),
      ...ownFolders(workspace.root).flatMap(temporaryFiles),
      ...privateFolders().filter((path) => !existsSync(`/proc/${basename(path).split('-')[3]}`)),
    ];
    if (left.length === 0) break;
    await sleep(100);
  }
  return left;
}

/** Generated files, records and the plugin's cache; Nx keeps its temporary files elsewhere. */
function ownFolders(root: string): string[] {
  const data = join(root, '.nx/workspace-data');
  const caches = existsSync(data) ? readdirSync(data).filter((name) => name.startsWith('nx-image-matrix-')) : [];
  return [join(root, 'docker'), join(root, 'dist'), ...caches.map((name) => join(data, name))].filter(existsSync);
}

function temporaryFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.tmp') || path.endsWith('build.lock'))
    .map((path) => join(folder, path));
}
