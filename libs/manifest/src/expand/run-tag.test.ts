import { renderRunTag } from '../index.ts';

const run = { date: '20260102', sha: 'abc1234' };

it.each([
  ['nightly-{{ run.date }}', 'nightly-20260102'],
  ['{{ run.date }}-{{ run.sha }}-{{ run.date }}', '20260102-abc1234-20260102'],
  ['1.0.0', '1.0.0'],
  ['$&-{{ run.sha }}', '$&-abc1234'],
])('%s becomes %s in a run', (tag, rendered) => {
  expect(renderRunTag(tag, run)).toBe(rendered);
});
