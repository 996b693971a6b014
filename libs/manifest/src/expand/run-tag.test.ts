import { branchForTag, formatDate, renderRunTag } from '../index.ts';

const run = {
  date: '20260102',
  sha: 'abc1234',
  full_sha: 'abc1234'.padEnd(40, '0'),
  branch: 'feature-x',
  formatDate: (format: string) => formatDate(new Date(Date.UTC(2026, 0, 2, 3, 4, 5)), format),
};

it.each([
  ['nightly-{{ run.date }}', 'nightly-20260102'],
  ['{{ run.date }}-{{ run.sha }}-{{ run.date }}', '20260102-abc1234-20260102'],
  ['{{ run.full_sha }}', run.full_sha],
  ['dev-{{ run.branch }}', 'dev-feature-x'],
  ['{{ run.date | date: "%Y-%m" }}-{{ run.date | date: "%H%M" }}', '2026-01-0304'],
  ['1.0.0', '1.0.0'],
  ['$&-{{ run.sha }}', '$&-abc1234'],
])('%s becomes %s in a run', (tag, rendered) => {
  expect(renderRunTag(tag, run)).toBe(rendered);
});

it.each(['{{ run.branch }}', '1.0-{{ run.branch }}-{{ run.sha }}', '{{ run.branch }}.{{ run.branch }}'])(
  'a long branch is cut where %s would have more than 128 characters',
  (tag) => {
    const filled = renderRunTag(tag, { ...run, branch: 'b'.repeat(300) });
    expect(filled.length).toBeGreaterThan(125);
    expect(filled.length).toBeLessThanOrEqual(128);
  },
);

it.each([
  ['main', 'main'],
  ['feature/Über x', 'feature-ber-x'],
  ['.hidden', 'hidden'],
  ['-x-', 'x'],
  ['release/1.0', 'release-1.0'],
  ['$(id)`"\n', 'id'],
  ['日本', ''],
])('the branch %s is %s in a tag', (branch, text) => {
  expect(branchForTag(branch)).toBe(text);
});
