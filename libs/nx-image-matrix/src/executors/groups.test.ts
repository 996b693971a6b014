import { availableParallelism } from 'node:os';
import type { ImageFolder } from '../workspace/image-folders.ts';
import { resolveOptions, type ResolvedOptions } from '../options/resolve-options.ts';
import { groupTasks, inGroups, type TaskGroup } from './groups.ts';

const options: Record<string, ResolvedOptions> = {
  'manifest.yml': resolveOptions({ engine: 'docker' }),
  'a/manifest.yml': resolveOptions({ engine: 'docker', maxParallel: 1, insecureRegistries: ['r:5000'] }),
  'b/manifest.yml': resolveOptions({ engine: 'podman', maxParallel: 7 }),
};
const folders = new Map(Object.keys(options).map((manifest) => [manifest[0]!, { manifest } as unknown as ImageFolder]));
const tasks = ['m', 'b', 'a', 'unknown'].map((project) => ({ project }));
const group = (key: (of: ResolvedOptions) => unknown) =>
  groupTasks(tasks, folders, (manifest) => options[manifest]!, key).map(({ tasks: own, ...rest }) => ({
    ...rest,
    projects: own.map(({ project }) => project),
  }));

describe('groupTasks', () => {
  it('builds images of one engine together, with the lowest maxParallel', () => {
    expect(group(({ engine }) => engine)).toMatchObject([
      { engine: 'docker', maxParallel: 1, projects: ['m', 'a', 'unknown'] },
      { engine: 'podman', maxParallel: 7, projects: ['b'] },
    ]);
  });

  it('separates entries if all their options count', () => {
    expect(group((of) => of)).toEqual([
      { engine: 'docker', maxParallel: availableParallelism(), insecureRegistries: [], projects: ['m', 'unknown'] },
      { engine: 'podman', maxParallel: 7, insecureRegistries: [], projects: ['b'] },
      { engine: 'docker', maxParallel: 1, insecureRegistries: ['r:5000'], projects: ['a'] },
    ]);
  });
});

describe('inGroups', () => {
  type Group = TaskGroup<{ project: string }>;
  const groups = groupTasks(
    tasks,
    folders,
    (manifest) => options[manifest]!,
    ({ engine }) => engine,
  );

  async function* run({ engine, tasks: own }: Group): AsyncGenerator<[string, string]> {
    yield [own[0]!.project, 'done'];
    if (engine === 'docker') throw new Error('docker is gone');
  }
  async function collect(of: readonly Group[]): Promise<unknown[]> {
    const results = [];
    for await (const result of inGroups(of, run, (_, error) => (error as Error).message)) results.push(result);
    return results;
  }

  it('fails the rest of a group that stops early, and continues with the next', async () => {
    expect(await collect(groups)).toEqual([
      ['m', 'done'],
      ['a', 'docker is gone'],
      ['unknown', 'docker is gone'],
      ['b', 'done'],
    ]);
  });

  it('throws the error of a single group', async () => {
    await expect(collect(groups.slice(0, 1))).rejects.toThrow('docker is gone');
  });
});
