import { setTimeout as sleep } from 'node:timers/promises';
import { waitLimit, wholeMilliseconds } from './clock.ts';

describe('wholeMilliseconds', () => {
  it.each([
    [18_998.9, 18_998],
    [0.4, 1],
    [-3, 1],
    [NaN, 1],
    [1e12, 2 ** 31 - 1],
    [Infinity, 2 ** 31 - 1],
  ])('converts %d to a valid timer value: %d', (milliseconds, whole) => {
    expect(wholeMilliseconds(milliseconds)).toBe(whole);
    const limit = waitLimit();
    limit.start(milliseconds);
    expect(limit.signal.aborted).toBe(false);
    limit.stop();
  });
});

describe('waitLimit', () => {
  it('limits each wait, and not all together', async () => {
    const limit = waitLimit();
    for (let count = 0; count < 5; count++) {
      limit.start(200);
      await sleep(60);
    }
    limit.stop();
    await sleep(250);
    expect(limit.signal.aborted).toBe(false);
    limit.start(20);
    await sleep(60);
    expect(limit.signal.aborted).toBe(true);
  });
});
