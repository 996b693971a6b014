import { runInOrder, type Job } from './schedule.ts';

type Outcome = 'ok' | 'failed' | `skipped: ${string}`;

function job(name: string, after: string[], log: string[], outcome: Outcome = 'ok', milliseconds = 5): Job<Outcome> {
  return {
    name,
    after,
    run: async () => {
      log.push(`start ${name}`);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      log.push(`end ${name}`);
      return outcome;
    },
    succeeded: (result) => result === 'ok',
    failed: () => 'failed',
    skipped: (because) => `skipped: ${because}`,
  };
}

async function outcomes(jobs: Job<Outcome>[], limit: number, signal?: AbortSignal): Promise<Record<string, Outcome>> {
  const found: Record<string, Outcome> = {};
  for await (const [name, outcome] of runInOrder(jobs, limit, signal)) found[name] = outcome;
  return found;
}

describe('runInOrder', () => {
  it('starts a job only after those that it waits for', async () => {
    const log: string[] = [];
    await outcomes([job('child', ['base'], log), job('base', [], log)], 4);
    expect(log).toEqual(['start base', 'end base', 'start child', 'end child']);
  });

  it('treats a name without a job as done', async () => {
    expect(await outcomes([job('child', ['elsewhere'], [])], 1)).toEqual({ child: 'ok' });
  });

  it('never runs more jobs at once than the limit', async () => {
    const log: string[] = [];
    await outcomes(
      [1, 2, 3, 4, 5].map((number) => job(String(number), [], log)),
      2,
    );
    let running = 0;
    let most = 0;
    for (const entry of log) {
      running += entry.startsWith('start') ? 1 : -1;
      most = Math.max(most, running);
    }
    expect(most).toBe(2);
  });

  it('fails everything that depends on a failed job, and nothing else', async () => {
    const jobs = [
      job('base', [], [], 'failed'),
      job('child', ['base'], []),
      job('grandchild', ['child'], []),
      job('other', [], []),
    ];
    expect(await outcomes(jobs, 2)).toEqual({
      base: 'failed',
      child: 'skipped: base',
      grandchild: 'skipped: child',
      other: 'ok',
    });
  });

  it('yields every job after an interrupt, and starts no more', async () => {
    const controller = new AbortController();
    const log: string[] = [];
    const jobs = [job('first', [], log, 'ok', 30), job('second', [], log), job('third', ['first'], log)];
    setTimeout(() => controller.abort(), 10);
    const found = await outcomes(jobs, 1, controller.signal);
    expect(found).toEqual({
      first: 'ok',
      second: 'skipped: the run was interrupted',
      third: 'skipped: the run was interrupted',
    });
    expect(log).toEqual(['start first', 'end first']);
  });

  it('gives a job that rejects its own outcome, and runs the others', async () => {
    const log: string[] = [];
    const broken = { ...job('broken', [], log), run: () => Promise.reject(new Error('no')) };
    const thrown = {
      ...job('thrown', [], log),
      run: () => {
        throw new Error('no');
      },
    };
    expect(await outcomes([broken, thrown, job('child', ['broken'], log), job('other', [], log)], 2)).toEqual({
      broken: 'failed',
      thrown: 'failed',
      child: 'skipped: broken',
      other: 'ok',
    });
  });

  it('does not return before the jobs that it has started, even if no more outcomes are read', async () => {
    const log: string[] = [];
    for await (const _ of runInOrder([job('quick', [], log), job('slow', [], log, 'ok', 30)], 2)) break;
    expect(log).toContain('end slow');
  });
});
