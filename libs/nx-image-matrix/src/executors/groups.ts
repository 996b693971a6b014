import { availableParallelism } from 'node:os';
import type { ImageFolder } from '../workspace/image-folders.ts';
import type { OptionsOf } from '../options/manifest-options.ts';
import type { EngineChoice } from '@nx-image-matrix/engine';
import { engineChoice, type ResolvedOptions } from '../options/resolve-options.ts';
import type { Times } from './schedule.ts';

/** Tasks of a run that are executed together. */
export interface TaskGroup<T> {
  engine: EngineChoice;
  /** Of the first of its manifests; the same for all in what `key` covers. */
  insecureRegistries: readonly string[];
  /** Concurrent images: the smallest value of its manifests' entries. */
  maxParallel: number;
  tasks: T[];
}

/**
 * Groups the tasks of a run by `key` of their manifests' options, in the order in which the groups first occur. A task
 * that is not an image belongs to the group of a manifest at the top; it fails in any group.
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
    const { insecureRegistries, maxParallel = availableParallelism() } = options;
    const group = groups.get(key(options)) ?? {
      engine: engineChoice(options),
      insecureRegistries,
      maxParallel,
      tasks: [],
    };
    group.maxParallel = Math.min(group.maxParallel, maxParallel);
    group.tasks.push(task);
    groups.set(key(options), group);
  }
  return [...groups.values()];
}

/**
 * Executes one group after the other. An error that ends a group, such as an engine that does not answer, fails its
 * remaining tasks but not those of the next group; with a single group, it is thrown.
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
