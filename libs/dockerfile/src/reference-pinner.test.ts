import { array, assert, constantFrom, nat, property, tuple } from 'fast-check';
import { DockerfileReader } from './dockerfile-reader.ts';
import { readDockerfile } from './read-dockerfile.ts';
import { ReferencePinner } from './reference-pinner.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const locked = new Set(['debian:12', 'debian:13', 'tool:1', 'x']);
const digestOf = (reference: string): string | undefined => (locked.has(reference) ? digest : undefined);
const pinner = (): ReferencePinner => new ReferencePinner(new DockerfileReader(), digestOf);

const line = constantFrom(
  '# one',
  '# two',
  '# syntax=docker/dockerfile:1',
  'FROM debian:12',
  'FROM debian:13',
  'FROM ubuntu:24.04',
  'FROM app:base',
  'FROM scratch',
  'FROM x',
  'FROM debian:12 AS x',
  'FROM ${BASE}',
  'FROM $BASE AS y',
  `FROM debian:12@${digest}`,
  'ARG BASE=debian:13',
  'ARG BASE',
  'ARG TAG=12',
  'FROM debian:$TAG',
  'COPY --from=tool:1 /a /b',
  'COPY --from=debian:12 /a /b',
  'COPY --from=x /a /b',
  'RUN --mount=type=bind,from=tool:1,target=/t true',
  'ONBUILD COPY --from=tool:1 /a /b',
  'RUN <<E',
  'E',
  'RUN true \\',
  '  && true',
  '',
);
const args = constantFrom<Record<string, string>>({}, { BASE: 'debian:12' }, { BASE: 'app:base', TAG: '13' });
const dockerfile = array(line, { minLength: 1, maxLength: 8 });
/** A file, and others that differ from it in one line, as those of one template do. */
const files = tuple(dockerfile, array(tuple(nat(7), line, args), { minLength: 1, maxLength: 4 }), args).map(
  ([lines, edits, first]) => [
    { lines, values: first },
    ...edits.map(([at, text, values]) => ({ lines: lines.with(at % lines.length, text), values })),
  ],
);

it('pins each file of a template as if it were the first', () => {
  assert(
    property(files, (all) => {
      const shared = pinner();
      for (const { lines, values } of all) {
        const text = lines.join('\n');
        expect(shared.pin(text, values, 'origin')).toEqual(pinner().pin(text, values, 'origin'));
      }
    }),
    { numRuns: 2_000 },
  );
});

it('reads what it has written', () => {
  const shared = pinner();
  for (const from of ['debian:12', 'ubuntu:24.04', 'debian:13', 'app:base']) {
    const text = `# ${from}\nFROM ${from}\nCOPY --from=tool:1 /a /b\n`;
    const pinned = shared.pin(text, {}, 'origin');
    expect(pinned.reading).toEqual(readDockerfile(pinned.text, {}));
    expect(pinned.text).toBe(
      `# ${from}\nFROM ${from}${from.startsWith('debian') ? `@${digest}` : ''}\nCOPY --from=tool:1@${digest} /a /b\n`,
    );
  }
});
