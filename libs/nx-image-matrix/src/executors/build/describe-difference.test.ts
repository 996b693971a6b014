import { describeDifference } from './describe-difference.ts';

const layer = { number: 2, count: 3, instruction: 'RUN /bin/sh -c date +%N > /stamp # buildkit' };
const first = { path: 'stamp', change: 'content' as const, from: 'aaaa', to: 'bbbb' };

it('names layer, instruction and file', () => {
  const difference = { platform: 'linux/amd64', layer: { ...layer, files: { first, count: 3, order: false } } };
  expect(describeDifference('app:base', difference, { isReproducible: true })).toBe(
    `app:base for linux/amd64 differs from a second build without cache.
  layer 2 of 3: RUN date +%N > /stamp
  /stamp: content differs (aaaa, then bbbb), and 2 more files differ`,
  );
});

it('says what to do about times', () => {
  const files = { first: { ...first, change: 'mtime' as const }, count: 1, order: false };
  const difference = { platform: '', layer: { ...layer, files } };
  const said = describeDifference('a:1', difference, { isReproducible: true, keepsFileTimes: 'use another builder' });
  expect(said).toMatch(/mtime differs.*\n {2}This engine does not change the times of files: use another builder\.$/);
  expect(describeDifference('a:1', difference, { isReproducible: false })).toContain('set `reproducible`');
});

it('prints nothing that a terminal follows', () => {
  const files = { first: { ...first, path: `\u001b[2J\n${'x'.repeat(500)}` }, count: 1, order: false };
  const difference = {
    platform: '\u001b[1m',
    layer: { ...layer, instruction: 'RUN \u001b]0;x\u0007\r\n$(reboot)', files },
  };
  const said = describeDifference('a:1', difference, { isReproducible: true });
  // oxlint-disable-next-line no-control-regex
  expect(said).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  expect(said.split('\n')).toHaveLength(3);
  expect(Math.max(...said.split('\n').map((line) => line.length))).toBeLessThan(200);
});

it('names a field of the configuration', () => {
  const difference = { platform: '', field: { name: 'created', from: '1', to: '2' } };
  expect(describeDifference('a:1', difference, { isReproducible: true })).toContain(
    'configuration: created is 1, then 2',
  );
});
