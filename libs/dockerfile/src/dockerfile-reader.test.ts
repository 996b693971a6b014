import * as fc from 'fast-check';
import { DockerfileReader } from './dockerfile-reader.ts';
import { readDockerfile } from './read-dockerfile.ts';

const line = fc.constantFrom(
  'FROM debian:12',
  'FROM app:base',
  'FROM other@sha256:0123',
  'FROM scratch',
  'FROM build',
  'FROM debian:12 AS build',
  'FROM $BASE',
  'FROM --platform=linux/arm64 app:base',
  'FROM "debian:12"',
  'FROM debian:12\r',
  '# one',
  '# two',
  ' # two',
  '#END',
  '# escape=`',
  '# syntax=docker/dockerfile:1',
  'ARG BASE=debian:12',
  'ENV A=1 \\',
  'RUN x \\',
  'RUN x `',
  'RUN cat <<END',
  'RUN cat <<"#END"',
  'END',
  'COPY --from=build /x /x',
  'COPY --from=app:base /x /x',
  'COPY files /files',
  'COPY other /other',
  '',
);

describe('a reader that has read other Dockerfiles of the same origin', () => {
  it('returns the same facts as reading each one alone', () => {
    const change = fc.record({ at: fc.nat(7), line });
    const file = fc.array(line, { minLength: 1, maxLength: 8 }).map((lines) => ['FROM debian:12', ...lines]);
    let right = 0;
    fc.assert(
      fc.property(file, fc.array(change, { minLength: 1, maxLength: 6 }), fc.boolean(), (first, changes, args) => {
        const reader = new DockerfileReader();
        const lines = [...first];
        for (const { at, line: changed } of [{ at: 0, line: lines[0]! }, ...changes]) {
          if (at < lines.length) lines[at] = changed;
          const text = lines.join('\n');
          const given: Record<string, string> = args && at % 2 === 1 ? { BASE: 'given:1' } : {};
          const reading = reader.read(text, given, 'template');
          expect(reading).toEqual(readDockerfile(text, given));
          if (reading.facts) right += 1;
        }
      }),
      { numRuns: 5_000 },
    );
    expect(right).toBeGreaterThan(1_000);
  });

  const inTurn = (...files: [text: string, args?: Record<string, string>][]) => {
    const reader = new DockerfileReader();
    const read = files.map(([text, args = {}]) => reader.read(text, args, 'template'));
    expect(read).toEqual(files.map(([text, args = {}]) => readDockerfile(text, args)));
    return read.map(({ facts, problems }) => problems[0]?.message ?? facts!.references[0]!.reference);
  };

  it('detects another FROM', () => {
    const text = (from: string, name: string) => `# ${name}\nARG A\nFROM ${from}\nCOPY files /\n`;
    expect(inTurn([text('app:base', 'one')], [text('other:base', 'two')])).toEqual(['app:base', 'other:base']);
  });

  it('detects another value of an argument', () => {
    const text = 'ARG BASE\nFROM $BASE\n';
    expect(inTurn([text, { BASE: 'one' }], [text, { BASE: 'two' }])).toEqual(['one', 'two']);
  });

  it('detects the end of a heredoc that looks like a comment', () => {
    const text = (end: string) => `FROM one\nRUN <<"#END"\nx\n${end}\n`;
    expect(inTurn([text('#END')], [text('#')])).toEqual(['one', 'the heredoc `#END` is not terminated']);
  });
});

it('shares equal facts of Dockerfiles of the same origin', () => {
  const lines = 'COPY --from=tools /a /a\nCOPY files /files\nRUN --mount=type=secret,id=pip true\n';
  const reader = new DockerfileReader();
  const read = (name: string) => reader.read(`FROM ${name}\nLABEL a=${name}\n${lines}`, {}, 'one template').facts!;
  const [one, other] = [read('app:1'), read('app:2')];
  expect(other.references.map(({ reference }) => reference)).toEqual(['app:2', 'tools']);
  expect(other.references[1]).toBe(one.references[1]);
  expect(other.sources).toBe(one.sources);
  expect(other.mounts).toBe(one.mounts);
});
