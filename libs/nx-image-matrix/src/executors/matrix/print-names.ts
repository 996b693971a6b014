import { resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import type { ImageFolder } from '../../workspace/image-folders.ts';
import { shardImages, parseShard } from './shard.ts';
import { writeReport } from '../write-report.ts';

/** Options of the `matrix` executor that name images for other commands. */
export interface NameOptions {
  /** `1/4`: the first of four machines. */
  shard?: string;
  /** Comma-separated image projects to choose from; if absent all, if empty none. */
  projects?: string;
  /** File for the names, relative to the workspace; without it they are printed. */
  outputFile?: string;
}

/**
 * Prints the chosen image projects, one per line, or writes them to a file; with `shard` those of this machine.
 * @param folders all images of the workspace
 * @param chosen those that tags choose
 * @throws Error if the shard is invalid, or a project is not an image.
 */
export function printNames(
  { shard, projects, outputFile }: NameOptions,
  folders: ReadonlyMap<string, ImageFolder>,
  chosen: readonly ImageFolder[],
  { root }: Pick<ExecutorContext, 'root'>,
): void {
  const names = withProjects(
    chosen.map(({ project }) => project),
    projects,
    folders,
  );
  const own = shard === undefined ? names : ofShard(names, shard, folders);
  const text = own.map((name) => `${name}\n`).join('');
  if (outputFile === undefined) {
    process.stdout.write(text);
    return;
  }
  writeReport(root, resolve(root, outputFile), text);
  const all = `${names.length} ${names.length === 1 && shard === undefined ? 'image' : 'images'}`;
  console.log(`${shard === undefined ? all : `shard ${shard}: ${own.length} of ${all}`}, written to ${outputFile}`);
}

function withProjects(
  names: readonly string[],
  projects: string | undefined,
  folders: ReadonlyMap<string, ImageFolder>,
): string[] {
  if (projects === undefined) return [...names];
  const given = split(projects);
  const unknown = given.filter((project) => !folders.has(project));
  if (unknown.length > 0) throw new Error(`no image projects: ${unknown.join(', ')}`);
  const known = new Set(names);
  return given.filter((project) => known.has(project));
}

function ofShard(names: readonly string[], shard: string, folders: ReadonlyMap<string, ImageFolder>): string[] {
  const { index, total } = parseShard(shard);
  const parents = new Map([...folders].map(([project, folder]) => [project, folder.parents]));
  return shardImages(names, parents, total)[index - 1] ?? [];
}

function split(projects: string): string[] {
  return projects
    .split(',')
    .map((project) => project.trim())
    .filter((project) => project !== '');
}
