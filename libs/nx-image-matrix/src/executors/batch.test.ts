import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { batchExecutor, type BatchTaskResult, type RunProjects } from './batch.ts';

const names = ['base', 'child', 'other'];
const graph = {
  tasks: Object.fromEntries(names.map((name) => [`${name}:b`, { id: `${name}:b`, target: { project: name } }])),
} as unknown as TaskGraph;

async function results(run: RunProjects<object>, live = false): Promise<Record<string, BatchTaskResult['result']>> {
  const found: Record<string, BatchTaskResult['result']> = {};
  for await (const { task, result } of batchExecutor(run, { live })(graph, {}, {}, { root: '/' } as ExecutorContext)) {
    found[task] = result;
  }
  return found;
}

describe('a batch', () => {
  it('reports to Nx what failed, what was skipped because of that, and when each ran', async () => {
    const found = await results(async function* () {
      yield ['base', { success: false, output: 'broken' }, { start: 10, end: 30 }];
      yield ['child', { success: false, skipped: true, output: 'not built' }];
      yield ['other', { success: true, output: 'fine' }, { start: 20, end: 50 }];
    });
    expect(found).toMatchObject({
      'base:b': { success: false, status: 'failure', terminalOutput: 'broken\n', startTime: 10, endTime: 30 },
      'child:b': { success: false, status: 'skipped' },
      'other:b': { success: true, status: 'success', terminalOutput: 'fine\n', startTime: 20, endTime: 50 },
    });
  });

  it('reports failures to Nx last, because it prints their output at once', async () => {
    const found = await results(async function* () {
      yield ['base', { success: false, output: 'broken' }];
      yield ['other', { success: true, output: 'fine' }];
    }, true);
    expect(Object.keys(found)).toEqual(['other:b', 'base:b', 'child:b']);
    expect(found['other:b']!.terminalOutput).toBe('');
  });

  it('gives sequential tasks the times in between', async () => {
    const before = Date.now();
    const found = await results(async function* () {
      for (const name of names) yield [name, { success: true, output: '' }];
    });
    const times = names.flatMap((name) => [found[`${name}:b`]!.startTime, found[`${name}:b`]!.endTime]);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(before);
  });

  it('returns a result for every task if it stops early', async () => {
    const found = await results(async function* () {
      yield ['base', { success: true, output: '' }];
      throw new Error('no engine');
    });
    expect(Object.keys(found)).toEqual(names.map((name) => `${name}:b`));
    expect(found['other:b']).toMatchObject({ status: 'failure', terminalOutput: expect.stringContaining('no engine') });
  });
});
