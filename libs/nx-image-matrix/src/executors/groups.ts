import { availableParallelism } from 'node:os';
import type { ImageFolder } from '../workspace/image-folders.ts';
import type { OptionsOf } from '../options/manifest-options.ts';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import type { Times } from './schedule.ts';

/** Tasks of one run that are carried out together. */
export interface TaskGroup<T> {
  engine: ResolvedOptions['engine'];
  /** Of the first of its manifests: the same for all, where `key` tells them apart. */
  insecureRegistries: readonly string[];
  /** Images at once: the least that an entry of its manifests says. */
  maxParallel: number;
  tasks: T[];
}

/**
 * The tasks of a run in groups that have the same `key` in the options of their manifests, in the order in which the
 * groups come first. What is not an image counts as of a manifest at the top: it fails wherever it is.
 */
export function groupTasks<T extends { project: string }>(
  tasks: readonly T[],
  folders: ReadonlyMap<string, ImageFolder>,
  optionsOf: OptionsOf,
  key: (options: ResolvedOptions) => unknown,
): TaskGroup<T>[] {
  const groups = new Map<unknown, TaskGroup<T>>();
  for (const task of tasks) {
    const options = optionsOf(folders.get(task.project)?.manifest ?? 'manifest.yml');
    const { engine, insecureRegistries, maxParallel = availableParallelism() } = options;
    const group = groups.get(key(options)) ?? { engine, insecureRegistries, maxParallel, tasks: [] };
    group.maxParallel = Math.min(group.maxParallel, maxParallel);
    group.tasks.push(task);
    groups.set(key(options), group);
  }
  return [...groups.values()];
}

/**
 * Carries out one group after the other. What ends a group, such as an engine that does not answer, fails its other tasks
 * and not those of the next group; where there is only one, it is thrown.
 */
export async function* inGroups<T extends { project: string }, Outcome>(
  groups: readonly TaskGroup<T>[],
  run: (group: TaskGroup<T>) => AsyncIterable<[project: string, outcome: Outcome, times?: Times]>,
  failed: (project: string, error: unknown) => Outcome,
): AsyncGenerator<[project: string, outcome: Outcome, times?: Times]> {
  for (const group of groups) {
    const open = new Set(group.tasks.map(({ project }) => project));
    try {
      for await (const result of run(group)) {
        open.delete(result[0]);
        yield result;
      }
    } catch (error) {
      if (groups.length === 1) throw error;
      for (const project of open) yield [project, failed(project, error)];
    }
  }
}
