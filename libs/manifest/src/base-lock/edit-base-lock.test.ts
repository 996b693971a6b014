import { editBaseLock } from './edit-base-lock.ts';
import { readBaseLock } from './read-base-lock.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const [a, b, c] = [digest('a'), digest('b'), digest('c')];

const text = `# mine
alpine:3.22:   ${a}   # slow to move

docker.io/library/debian:12: "${a}"
ghcr.io/x/y:1: ${b}
`;

it('changes only the lines of these references', () => {
  const edited = editBaseLock(text, new Map([['debian:12', c]]));
  expect(edited).toBe(text.replace(`"${a}"`, `"${c}"`));
});

it('removes a line, and adds others in their places', () => {
  const edited = editBaseLock(
    text,
    new Map([
      ['alpine:3.22', undefined],
      ['zig:1', c],
      ['busybox:1', c],
      ['aaa:1', c],
    ]),
  );
  expect(edited).toBe(
    `# mine\naaa:1: ${c}\n\nbusybox:1: ${c}\ndocker.io/library/debian:12: "${a}"\nghcr.io/x/y:1: ${b}\nzig:1: ${c}\n`,
  );
});

it('keeps the line ends of a file, and ends its last line', () => {
  const edited = editBaseLock(`alpine:3: ${a}\r\ndebian:12: ${a}`, new Map([['zig:1', c]]));
  expect(edited).toBe(`alpine:3: ${a}\r\ndebian:12: ${a}\r\nzig:1: ${c}\r\n`);
});

it.each([
  `{alpine:3: ${a}, debian:12: ${a}}\n`,
  `{"alpine:3": ${a},\n"debian:12": ${a}}\n`,
  `alpine:3: &x ${a}\ndebian:12: *x\n`,
  `alpine:3:\n  ${a}\ndebian:12:\n  ${a}\n`,
  `? alpine:3\n: ${a}\n? debian:12\n: ${a}\n`,
])('writes a text of another form anew: %j', (odd) => {
  const edited = editBaseLock(
    odd,
    new Map([
      ['alpine:3', c],
      ['busybox:1', b],
    ]),
  );
  expect(edited).toMatch(/^#/);
  const { lock, diagnostics } = readBaseLock(edited, '');
  expect(diagnostics).toEqual([]);
  expect([...lock].map(([name, line]) => [name, line.digest])).toEqual([
    ['alpine:3', c],
    ['busybox:1', b],
    ['debian:12', a],
  ]);
});

it.each(['', '# nothing yet\n'])('adds to an empty lock: %j', (empty) => {
  expect(editBaseLock(empty, new Map([['[::1]:5000/x:1', a]]))).toBe(`${empty}"[::1]:5000/x:1": ${a}\n`);
});
