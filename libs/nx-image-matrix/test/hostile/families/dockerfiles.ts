import { fill, MEGABYTE, runtimeTemplate, type HostileCase } from '../hostile-case.ts';

const dockerfile = (text: string): Record<string, string> => runtimeTemplate(`FROM {{ from }}\n${text}\n`);
/** Below the limit of a template, so that it is the Dockerfile that is too large. */
const written = (line: string, characters: number): Record<string, string> =>
  dockerfile(`{% for i in (1..${Math.floor(characters / line.length)}) %}${line}{% endfor %}`);
const bad = { code: 'bad-dockerfile' };
const KILOBYTES = 60_000;

/** Dockerfiles that templates may render. */
export const dockerfileCases: HostileCase[] = [
  {
    what: 'a Dockerfile of 5 MB',
    files: dockerfile(`{% assign s = "${fill('RUN true\n', 5_000)}" %}{% for i in (1..1000) %}{{ s }}{% endfor %}`),
    ends: bad,
  },
  {
    what: 'a Dockerfile of 5 MB in one line',
    files: dockerfile(`{% assign s = "${'a'.repeat(5_000)}" %}RUN echo {% for i in (1..1000) %}{{ s }}{% endfor %}`),
    ends: bad,
  },
  { what: 'a template of 5 MB', files: dockerfile(fill('RUN true\n', 5 * MEGABYTE)), ends: { code: 'template-error' } },
  { what: '10,000 COPY lines', files: written('COPY a{{ i }} /a\n', 170_000), ends: 'success' },
  { what: '30,000 stages', files: written('FROM a AS b{{ i }}\n', 570_000), ends: bad },
  {
    what: '10,000 stages and what they copy from each other',
    files: written('FROM a AS b{{ i }}\nCOPY --from=c{{ i }} a b\n', 450_000),
    ends: bad,
  },
  { what: '50,000 unknown instructions', files: written('WRONG a\n', 400_000), ends: bad },
  {
    what: 'arguments nested 10,000 deep',
    files: dockerfile(`ARG A=${fill('${A:-', KILOBYTES)}x${'}'.repeat(KILOBYTES / 5)}`),
    ends: bad,
  },
  { what: 'braces that nothing closes', files: dockerfile(`ARG A=${fill('${A:-', KILOBYTES)}`), ends: bad },
  {
    what: 'lines of braces that nothing closes',
    files: dockerfile(`ENV A=${fill('${', KILOBYTES)}\n`.repeat(7)),
    ends: bad,
  },
  {
    what: 'continued lines of braces that nothing closes',
    files: dockerfile(`ENV A=${fill('${${${${${${${${${${${${${${${\\\n', 400_000)}`),
    ends: bad,
  },
  { what: 'quotes that nothing closes', files: dockerfile(`ENV A=${fill('"\'', KILOBYTES - 1)}"`), ends: bad },
  { what: 'a variable that doubles', files: dockerfile(`ENV A=ab\n${'ENV A=$A$A\n'.repeat(60)}`), ends: bad },
  {
    what: 'a replacement that multiplies',
    files: dockerfile(`ARG A=${'a'.repeat(KILOBYTES)}\nARG B=\${A//a/\${A}}\nCOPY $B /b`),
    ends: bad,
  },
  {
    what: 'wildcards that take cubic time',
    files: dockerfile(`ARG A=${'a'.repeat(30_000)}\nARG B=\${A%%${fill('*a', 20_000)}b}\nCOPY $B /b`),
    ends: bad,
  },
  { what: 'a heredoc that nothing ends', files: dockerfile('RUN <<EOF\nRUN true'), ends: bad },
  { what: '10,000 heredocs that nothing ends', files: dockerfile(`COPY ${fill('<<EOF ', KILOBYTES)}/a`), ends: bad },
  {
    what: 'a directive of spaces',
    files: runtimeTemplate(`# a=x${' '.repeat(65_000)}y\n`.repeat(7) + 'FROM {{ from }}\n'),
    ends: 'success',
  },
  { what: 'a JSON list nested 30,000 deep', files: dockerfile(`COPY ${'['.repeat(KILOBYTES / 2)} a`), ends: 'success' },
  { what: 'a flag of 60 kB', files: dockerfile(`RUN --mount=${fill('type=bind,', KILOBYTES)} true`), ends: 'success' },
  { what: 'COPY of what lies outside', files: dockerfile('COPY ../../../../etc/passwd /a'), ends: 'success' },
  { what: 'no FROM', files: runtimeTemplate('RUN true\n'), ends: bad },
  { what: 'nothing at all', files: runtimeTemplate(''), ends: bad },
  {
    what: 'an image that starts from itself',
    files: runtimeTemplate('FROM app:dev-slim-runtime\n'),
    ends: { code: 'image-cycle' },
  },
];
