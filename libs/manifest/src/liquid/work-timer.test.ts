import { renderLiquid } from '../expand/liquid.ts';
import { WorkTimer } from './work-timer.ts';

/** What a loaded machine does to a process: time passes while it does not run. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

describe('WorkTimer', () => {
  it('counts CPU time, not the time that others use the processor', () => {
    const timer = new WorkTimer(50);
    sleep(200);
    expect(timer.isOver()).toBe(false);
    expect(timer.spent()).toBeLessThan(50);
    // Ends, or the test times out.
    while (!timer.isOver());
    expect(timer.spent()).toBeGreaterThanOrEqual(50);
  });
});

it('a tag that waits for the processor is rendered', () => {
  const variables = {
    get slow(): string {
      sleep(700);
      return 'slow';
    },
    a: 'b',
  };
  expect(renderLiquid('{{ slow | upcase }}-{{ a }}', { variables: () => variables, text: () => undefined })).toEqual({
    text: 'SLOW-b',
  });
});

it('a tag that never finishes is not', () => {
  const text =
    '{% for i in (1..9000) %}{% for j in (1..9000) %}{% for k in (1..9000) %}{% endfor %}{% endfor %}{% endfor %}';
  expect(renderLiquid(text, { variables: () => ({}), text: () => undefined })).toMatchObject({
    error: expect.stringMatching(/limit exceeded/),
  });
});
