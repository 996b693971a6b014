import { EngineError } from '../errors.ts';
import type { Clock } from '../process/clock.ts';
import { pushWithRetries } from './push.ts';
import type { PushJob } from './push.ts';
import { markTransient } from './transient.ts';

const reference = 'registry.example.com/x:1';
const digest = `sha256:${'a'.repeat(64)}`;

/** A push with these results for its tries; `ok` succeeds, other texts are the engine's output. */
function job(tries: string[], answers: (string | undefined | Error)[] = [digest]) {
  const lines: string[] = [];
  let waits = 0;
  let now = 0;
  const clock: Clock = {
    now: () => now,
    random: () => 0,
    sleep: async (wait) => {
      waits++;
      now += wait;
    },
  };
  const pushJob: PushJob = {
    environment: { HOME: '/nonexistent' },
    clock,
    onLine: (line) => lines.push(line),
    attempt: async () => {
      const said = tries.shift() ?? 'no more tries were expected';
      return said === 'ok' ? { ok: true, lines: [], pushed: { digest } } : { ok: false, lines: [said] };
    },
    ask: async () => {
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer instanceof EngineError) throw answer;
      return answer as string | undefined;
    },
  };
  return { pushJob, lines, waits: () => waits };
}

describe('pushWithRetries', () => {
  it('returns the digest in the registry', async () => {
    expect(await pushWithRetries(reference, job(['ok']).pushJob)).toEqual({ digest });
  });

  it('retries transient errors, and reports it', async () => {
    const { pushJob, lines } = job(['received unexpected HTTP status: 503', 'toomanyrequests', 'EOF', 'ok']);
    await pushWithRetries(reference, pushJob);
    expect(lines).toEqual([
      `${reference} was not pushed: received unexpected HTTP status: 503; try 2 of 5 in 0.3 s`,
      `${reference} was not pushed: toomanyrequests; try 3 of 5 in 0.5 s`,
      `${reference} was not pushed: EOF; try 4 of 5 in 1.0 s`,
    ]);
  });

  it('gives up after five tries', async () => {
    const { pushJob, waits } = job(Array.from({ length: 9 }, () => 'unexpected status: 500'));
    await expect(pushWithRetries(reference, pushJob)).rejects.toMatchObject({ code: 'push-failed' });
    expect(waits()).toBe(4);
  });

  it('reports the number of tries, and makes as many as requested', async () => {
    const { pushJob } = job(['unexpected status: 500', 'unexpected status: 500']);
    await expect(pushWithRetries(reference, { ...pushJob, tries: 2 })).rejects.toThrow('status: 500 (2 tries)');
  });

  it('waits as long as the registry asks when queried', async () => {
    const rateLimited = markTransient(new EngineError('registry-failed', '429'), { after: 7_000 });
    const { pushJob, lines } = job(['toomanyrequests', 'ok'], [rateLimited, digest]);
    await pushWithRetries(reference, pushJob);
    expect(lines).toEqual([expect.stringContaining('try 2 of 5 in 7.0 s')]);
  });

  it.each([
    ['unauthorized', 'no basic auth credentials'],
    ['unauthorized', '403 Forbidden'],
    ['not-found', 'name unknown'],
  ])('does not retry after %s', async (code, said) => {
    const { pushJob, waits } = job([said]);
    await expect(pushWithRetries(reference, pushJob)).rejects.toMatchObject({ code });
    expect(waits()).toBe(0);
  });

  it('waits for a registry that answers from a stale copy', async () => {
    expect(await pushWithRetries(reference, job(['ok'], [undefined, 'sha256:old', digest]).pushJob)).toEqual({
      digest,
    });
  });

  it('fails when the registry has something else', async () => {
    await expect(pushWithRetries(reference, job(['ok'], ['sha256:other']).pushJob)).rejects.toMatchObject({
      code: 'push-failed',
      message: expect.stringContaining('has sha256:other, not the sha256:aaa'),
    });
  });

  it('fails when the registry does not have it', async () => {
    await expect(pushWithRetries(reference, job(['ok'], [undefined]).pushJob)).rejects.toMatchObject({
      message: expect.stringContaining('does not have it afterwards'),
    });
  });

  it('trusts the engine if the registry cannot be reached from here', async () => {
    const { pushJob, lines } = job(
      ['ok'],
      [new EngineError('registry-failed', 'registry.example.com cannot be reached')],
    );
    expect(await pushWithRetries(reference, pushJob)).toEqual({ digest });
    expect(lines).toEqual([
      expect.stringContaining('could not be asked for it: registry.example.com cannot be reached'),
    ]);
  });
});
