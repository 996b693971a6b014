import type { Clock } from './clock.ts';
import { retry, withTries } from './retry.ts';

const policy = { tries: 5, total: 60_000, wait: 1_000, longestWait: 4_000 };

function fakeClock(random = 0.999): Clock & { waits: number[] } {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    random: () => random,
    sleep: async (milliseconds) => {
      waits.push(Math.round(milliseconds));
      now += milliseconds;
    },
  };
}

function failing(times: number): () => Promise<string> {
  let count = 0;
  return async () => {
    count++;
    if (count <= times) throw new Error(`failure ${count}`);
    return `success ${count}`;
  };
}

describe('retry', () => {
  it('tries again until it succeeds, waiting twice as long each time', async () => {
    const clock = fakeClock();
    expect(await retry(failing(4), { policy, clock, transient: () => ({}) })).toBe('success 5');
    expect(clock.waits).toEqual([1_000, 2_000, 3_998, 3_998].map((wait) => expect.closeTo(wait, -1.5) as number));
  });

  it('waits at least half of that, by chance', async () => {
    const clock = fakeClock(0);
    await retry(failing(2), { policy, clock, transient: () => ({}) });
    expect(clock.waits).toEqual([500, 1_000]);
  });

  it('gives up after the last try, with the last error', async () => {
    const clock = fakeClock();
    await expect(retry(failing(9), { policy, clock, transient: () => ({}) })).rejects.toThrow('failure 5');
    expect(clock.waits).toHaveLength(4);
  });

  it('does not retry a permanent error', async () => {
    const clock = fakeClock();
    await expect(retry(failing(1), { policy, clock, transient: () => undefined })).rejects.toThrow('failure 1');
    expect(clock.waits).toEqual([]);
  });

  it('waits as long as the other side asks', async () => {
    const clock = fakeClock();
    await retry(failing(1), { policy, clock, transient: () => ({ after: 20_000 }) });
    expect(clock.waits).toEqual([20_000]);
  });

  it('does not wait beyond the time for all tries', async () => {
    const clock = fakeClock();
    const asked = retry(failing(1), { policy, clock, transient: () => ({ after: 90_000 }) });
    await expect(asked).rejects.toThrow('failure 1');
    expect(clock.waits).toEqual([]);
  });

  it('does not wait longer than the other side may ask, however long a try may take', async () => {
    const clock = fakeClock();
    const endless = { ...policy, total: Infinity, longestAsked: 30_000 };
    await retry(failing(1), { policy: endless, clock, transient: () => ({ after: 30_000 }) });
    const asked = retry(failing(1), { policy: endless, clock, transient: () => ({ after: 30_001 }) });
    await expect(asked).rejects.toThrow('failure 1');
    expect(clock.waits).toEqual([30_000]);
  });

  it.each([41_000, 45_000.7, 59_998.9])('passes whole milliseconds to the try after a wait of %d', async (after) => {
    const left: number[] = [];
    const clock = fakeClock(0.123);
    await retry(
      async (remaining) => {
        left.push(remaining);
        if (left.length < 2) throw new Error('once');
      },
      { policy, clock, transient: () => ({ after }) },
    );
    expect(left).toEqual([60_000, Math.max(1, Math.floor(60_000 - after))]);
    expect(() => AbortSignal.timeout(left[1]!)).not.toThrow();
  });

  it.each([
    [90_000, 'failure 1 (it wants to be left alone for 90 s)'],
    [Infinity, 'failure 1 (it wants to be left alone for more than a day)'],
  ])('says that a wait of %d is too long', async (after, message) => {
    const asked = retry(failing(1), { policy, clock: fakeClock(), transient: () => ({ after }), giveUp: withTries });
    await expect(asked).rejects.toThrow(new Error(message));
  });

  it('passes the remaining time to the task', async () => {
    const left: number[] = [];
    await retry(
      async (remaining) => {
        left.push(Math.round(remaining));
        if (left.length < 2) throw new Error('once');
      },
      { policy, clock: fakeClock(0), transient: () => ({}) },
    );
    expect(left).toEqual([60_000, 59_500]);
  });

  it('stops waiting when aborted', async () => {
    const controller = new AbortController();
    const clock = fakeClock();
    clock.sleep = async () => {
      controller.abort();
      throw controller.signal.reason;
    };
    const aborted = retry(failing(9), { policy, clock, transient: () => ({}), signal: controller.signal });
    await expect(aborted).rejects.toThrow('failure 1');
  });
});
