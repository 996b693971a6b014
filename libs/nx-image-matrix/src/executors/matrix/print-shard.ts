import { resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { imageFolders } from '../../workspace/image-folders.ts';
import { shardImages, parseShard } from './shard.ts';
import { writeReport } from './write-report.ts';

/** Options of the `matrix` executor that share images among machines. */
export interface ShardOptions {
  /** `1/4`: the first of four machines. */
  shard: string;
  /** Comma-separated image projects to share; if absent all of the workspace, if empty none. */
  projects?: string;
  /** File for the names, relative to the workspace; without it they are printed. */
  outputFile?: string;
}

/**
 * Prints the image projects of this machine's shard, one per line, or writes them to a file.
 * @throws Error if the shard is invalid, or a project is not an image.
 */
export function printShard(
  { shard, projects, outputFile }: ShardOptions,
  context: Pick<ExecutorContext, 'root' | 'projectsConfigurations'>,
): void {
  const { index, total } = parseShard(shard);
  const folders = imageFolders(context);
  const chosen = projects === undefined ? [...folders.keys()] : split(projects);
  const unknown = chosen.filter((project) => !folders.has(project));
  if (unknown.length > 0) throw new Error(`no image projects: ${unknown.join(', ')}`);
  const parents = new Map([...folders].map(([project, folder]) => [project, folder.parents]));
  const names = shardImages(chosen, parents, total)[index - 1] ?? [];
  const text = names.map((name) => `${name}\n`).join('');
  if (outputFile === undefined) {
    process.stdout.write(text);
    return;
  }
  const path = resolve(context.root, outputFile);
  writeReport(context.root, path, text);
  console.log(`shard ${shard}: ${names.length} of ${chosen.length} images, written to ${outputFile}`);
}

function split(projects: string): string[] {
  return projects
    .split(',')
    .map((project) => project.trim())
    .filter((project) => project !== '');
}
