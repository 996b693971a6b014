import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './run.ts';

const script = (text: string): [string, string[]] => ['sh', ['-c', text]];

/** Zombies still answer `kill -0`, so check the command line. */
function alive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

describe('run', () => {
  it('returns exit code, stdout and stderr, whatever the exit code is', async () => {
    const result = await run(...script('echo out; echo err >&2; exit 3'));
    expect(result).toMatchObject({ exitCode: 3, stdout: 'out', stderr: 'err' });
    expect([...result.tail].sort()).toEqual(['err', 'out']);
  });

  it('passes on output line by line and keeps the last 40 lines', async () => {
    const seen: string[] = [];
    const result = await run(...script('seq 1 100'), { onLine: (line) => seen.push(line) });
    expect(seen).toHaveLength(100);
    expect(result.tail).toEqual(Array.from({ length: 40 }, (_, index) => String(61 + index)));
  });

  it('passes on lines as they arrive, not at the end', async () => {
    const times: number[] = [];
    await run(...script('echo a; sleep 0.3; echo b'), { onLine: () => times.push(performance.now()) });
    expect(times[1]! - times[0]!).toBeGreaterThan(200);
  });

  it('passes a secret by stdin and closes it', async () => {
    expect(await run('cat', [], { input: 'hunter2' })).toMatchObject({ exitCode: 0, stdout: 'hunter2' });
    expect(await run('cat', [])).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('reports a command that does not exist', async () => {
    const missing = { code: 'no-engine', message: '`no-such-engine` is not installed' };
    await expect(run('no-such-engine', ['build'])).rejects.toMatchObject(missing);
    await expect(run('no-such-engine', ['build'], { onLine: () => {} })).rejects.toMatchObject(missing);
  });

  it('has only the given environment', async () => {
    const environment = { PATH: process.env['PATH'], ONLY: 'this' };
    expect((await run('env', [], { environment })).stdout).not.toContain('HOME=');
  });

  it('ends the whole process group after a timeout', async () => {
    const pids: number[] = [];
    const running = run(...script('sleep 60 & echo $!; echo $$; wait'), {
      onLine: (line) => pids.push(Number(line)),
      timeout: 300,
    });
    await expect(running).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('`sh -c') });
    await sleep(50);
    expect(pids.filter(alive)).toEqual([]);
  });

  it('kills processes that ignore TERM after the grace period', async () => {
    const pids: number[] = [];
    const controller = new AbortController();
    const running = run(...script('trap "" TERM; sleep 60 & echo $!; echo $$; wait; wait'), {
      onLine: (line) => {
        if (pids.push(Number(line)) === 2) controller.abort();
      },
      signal: controller.signal,
      grace: 200,
    });
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
    await sleep(50);
    expect(pids.filter(alive)).toEqual([]);
  });

  it('starts nothing once aborted', async () => {
    const running = run('no-such-engine', [], { signal: AbortSignal.abort() });
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('leaves no listeners behind', async () => {
    const before = process.listenerCount('SIGINT');
    await run('true', []);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
