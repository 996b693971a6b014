import { formatBaseLock } from './format-base-lock.ts';
import { lockedDigest, readBaseLock } from './read-base-lock.ts';

const a = `sha256:${'a'.repeat(64)}`;
const b = `sha256:${'b'.repeat(64)}`;

function problems(text: string): string[] {
  return readBaseLock(text, 'images.lock').diagnostics.map(
    ({ file, line, column, code, message }) => `${file}:${line}:${column} ${code} ${message}`,
  );
}

it('reads what it writes, sorted', () => {
  const text = formatBaseLock(
    new Map([
      ['registry.example:5000/team/tool:1', b],
      ['debian', b],
      ['alpine:3.22', a],
    ]),
  );
  expect(text.split('\n').slice(1)).toEqual([
    `alpine:3.22: ${a}`,
    `debian: ${b}`,
    `registry.example:5000/team/tool:1: ${b}`,
    '',
  ]);
  const { lock, diagnostics } = readBaseLock(text, 'images.lock');
  expect(diagnostics).toEqual([]);
  expect(lockedDigest(lock, 'registry.example:5000/team/tool:1')).toEqual({
    reference: 'registry.example:5000/team/tool:1',
    digest: b,
    line: 4,
    column: 1,
  });
});

it('finds a reference in each of its spellings', () => {
  const { lock } = readBaseLock(`debian: ${a}\nghcr.io/x/y:1: ${b}\n`, 'images.lock');
  for (const name of [
    'debian',
    'debian:latest',
    'library/debian',
    'docker.io/library/debian:latest',
    'index.docker.io/debian',
  ])
    expect([name, lockedDigest(lock, name)?.digest]).toEqual([name, a]);
  for (const name of ['debian:12', 'x/debian', 'ghcr.io/x/y', 'ghcr.io/library/debian'])
    expect([name, lockedDigest(lock, name)]).toEqual([name, undefined]);
});

it.each(['', '\n', '# nothing\n', '{}\n', '\ufeff'])('an empty file (%j) locks nothing', (text) => {
  expect(readBaseLock(text, 'images.lock')).toEqual({ lock: new Map(), diagnostics: [] });
});

it.each([
  ['- debian', '1:1 bad-lock images.lock is not a map of references to digests'],
  ['text', '1:1 bad-lock images.lock is not a map of references to digests'],
  ['a: b: c', '1:4 yaml-syntax'],
  ['debian: latest', '1:9 bad-lock `latest` is not a digest'],
  ['debian:', '1:1 bad-lock `` is not a digest'],
  [`debian: sha256:${'a'.repeat(63)}`, '1:9 bad-lock `sha256:'],
  [`debian: sha256:${'A'.repeat(64)}`, '1:9 bad-lock `sha256:'],
  [`debian: [${a}]`, '1:9 bad-lock a list is not a digest'],
  [`debian: {x: ${a}}`, '1:9 bad-lock a map is not a digest'],
  [`Debian: ${a}`, '1:1 bad-lock `Debian` is not an image reference'],
  [`"": ${a}`, '1:1 bad-lock `` is not an image reference'],
  [`__proto__: ${a}`, '1:1 bad-lock `__proto__` is not an image reference'],
  [`https://x.example/debian: ${a}`, '1:1 bad-lock `https://x.example/debian` is not an image reference'],
  [`debian@${a}: ${a}`, '1:1 bad-lock `debian@sha256:'],
  [`debian: ${a}\ndebian: ${b}`, '2:1 duplicate-key'],
  [`debian: ${a}\n\ndebian:latest: ${b}`, '3:1 bad-lock `debian:latest` is `debian` of line 1 in other words'],
])('reports %j', (text, problem) => {
  const found = problems(text);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(`images.lock:${problem}`);
});

it('keeps the lines that are right', () => {
  const { lock } = readBaseLock(`alpine:3: ${a}\ndebian: moved\nubuntu: ${b}\n`, 'images.lock');
  expect([...lock.keys()]).toEqual(['alpine:3', 'ubuntu:latest']);
});
