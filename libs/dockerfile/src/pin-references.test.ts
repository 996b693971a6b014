import { pinReferences } from './pin-references.ts';
import { readDockerfile } from './read-dockerfile.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const known = new Set(['debian:12', 'golang:1.23', 'registry.example:5000/team/tool:1', 'debian']);
const digestOf = (reference: string): string | undefined => (known.has(reference) ? digest : undefined);

function pinned(text: string, args: Record<string, string> = {}): ReturnType<typeof pinReferences> {
  expect(readDockerfile(text, args).problems).toEqual([]);
  const result = pinReferences(text, args, digestOf, readDockerfile);
  expect(result.reading).toEqual(readDockerfile(result.text, result.args));
  return result;
}

const d = `@${digest}`;

it.each([
  ['a FROM', 'FROM debian:12\n', `FROM debian:12${d}\n`],
  ['without a tag', 'FROM debian\n', `FROM debian${d}\n`],
  [
    'with a registry and a port',
    'FROM registry.example:5000/team/tool:1\n',
    `FROM registry.example:5000/team/tool:1${d}\n`,
  ],
  [
    'with a platform and a name',
    'FROM --platform=linux/amd64 debian:12 AS os\n',
    `FROM --platform=linux/amd64 debian:12${d} AS os\n`,
  ],
  ['in lower case, indented, in quotes', '  from "debian:12"\n', `  from "debian:12${d}"\n`],
  [
    'over several lines',
    'FROM \\\n  # why\n  debian:12 \\\n  AS debian\nRUN x\n',
    `FROM \\\n  # why\n  debian:12${d} \\\n  AS debian\nRUN x\n`,
  ],
  [
    'with a comment that names it',
    'FROM \\\n  # debian:12\n  debian:12\n',
    `FROM \\\n  # debian:12\n  debian:12${d}\n`,
  ],
  ['an escape of `', '# escape=`\nFROM `\n debian:12\n', `# escape=\`\nFROM \`\n debian:12${d}\n`],
  [
    'a COPY',
    'FROM scratch\nCOPY --chmod=755 --from=debian:12 /a /b\n',
    `FROM scratch\nCOPY --chmod=755 --from=debian:12${d} /a /b\n`,
  ],
  [
    'two mounts of one RUN',
    'FROM scratch\nRUN --mount=from=debian:12,target=/a --mount=type=bind,from=debian:12 x debian:12\n',
    `FROM scratch\nRUN --mount=from=debian:12${d},target=/a --mount=type=bind,from=debian:12${d} x debian:12\n`,
  ],
  ['the default of an ARG', 'ARG BASE=debian:12\nFROM ${BASE}\n', `ARG BASE=debian:12${d}\nFROM \${BASE}\n`],
  ['one of two ARGs', 'ARG V=1 BASE="debian:12"\nFROM $BASE\n', `ARG V=1 BASE="debian:12${d}"\nFROM $BASE\n`],
  [
    'an ARG of two stages',
    'ARG B=debian:12\nFROM $B AS a\nFROM $B\nCOPY --from=a /a /b\n',
    `ARG B=debian:12${d}\nFROM $B AS a\nFROM $B\nCOPY --from=a /a /b\n`,
  ],
  ['a part in an ARG', 'ARG V=12\nFROM debian:${V}\n', `ARG V=12\nFROM debian:\${V}${d}\n`],
  ['a default in the FROM', 'FROM ${BASE:-debian:12}\n', `FROM \${BASE:-debian:12}${d}\n`],
  [
    'an ARG that is a part of another',
    'ARG B=debian:12\nARG C=$B\nFROM $C AS a\nFROM $B\nCOPY --from=a /a /b\n',
    `ARG B=debian:12\nARG C=$B\nFROM $C${d} AS a\nFROM $B${d}\nCOPY --from=a /a /b\n`,
  ],
  [
    'an ARG that is a prefix of another reference',
    'ARG B=debian\nFROM $B:12 AS a\nFROM $B\nCOPY --from=a /a /b\n',
    `ARG B=debian\nFROM $B:12${d} AS a\nFROM $B${d}\nCOPY --from=a /a /b\n`,
  ],
  [
    'an ONBUILD',
    'FROM debian:12\nONBUILD COPY --from=golang:1.23 /a /b\n',
    `FROM debian:12${d}\nONBUILD COPY --from=golang:1.23${d} /a /b\n`,
  ],
])('pins %s', (_, text, expected) => {
  const result = pinned(text);
  expect(result.text).toBe(expected);
  const read = readDockerfile(result.text).facts?.references ?? [];
  expect(read.length).toBeGreaterThan(0);
  for (const { reference } of read) expect(reference).toContain(d);
  // A pinned file has nothing left to pin.
  expect(pinned(result.text).text).toBe(result.text);
});

it.each([
  ['a stage', 'FROM debian:12@sha256:0 AS debian\nFROM debian\n'],
  ['the empty image', 'FROM scratch\n'],
  ['an unknown image', 'FROM alpine:3\nCOPY --from=busybox /a /b\n'],
  ['what is not a reference', 'FROM scratch\nLABEL x="debian:12" # FROM debian:12\nRUN <<EOF\nFROM debian:12\nEOF\n'],
  ['a stage that is not built', 'FROM debian:12 AS unused\nFROM scratch\n'],
  ['an image for each platform', 'FROM debian:12-${TARGETARCH}\n'],
])('leaves %s alone', (_, text) => {
  expect(pinned(text)).toMatchObject({ text, args: {} });
});

it('pins the value of a build argument where a FROM names it', () => {
  const text = 'ARG BASE=alpine:3\nFROM $BASE\n';
  expect(pinned(text, { BASE: 'debian:12', OTHER: 'debian:12' })).toMatchObject({
    text,
    args: { BASE: `debian:12${d}`, OTHER: 'debian:12' },
  });
});
