import * as fc from 'fast-check';
import type { DockerfileFacts } from './facts.ts';
import { readDockerfile } from './read-dockerfile.ts';

function facts(text: string, args?: Record<string, string>): DockerfileFacts {
  const { facts: found, problems } = readDockerfile(text, args);
  expect(problems).toEqual([]);
  return found!;
}

const sources = (text: string, args?: Record<string, string>) => facts(text, args).sources.map(({ path }) => path);
const references = (text: string, args?: Record<string, string>) =>
  facts(text, args).references.map(({ kind, reference }) => `${kind} ${reference}`);

describe('the facts of a Dockerfile', () => {
  it('include stages, images, context files, arguments and the frontend, with their places', () => {
    const text = [
      '# syntax=docker/dockerfile:1',
      'ARG GO=1.22',
      'FROM --platform=$BUILDPLATFORM golang:${GO} AS build',
      'ARG TARGETARCH',
      'COPY src ./',
      'FROM model-server:base-slim',
      '  COPY --from=build /out /',
      'COPY --from=busybox:1 /bin/sh /',
      'RUN --mount=type=bind,from=tools:1,target=/t --mount=type=bind,source=scripts,target=/s /s/run',
      'ARG TARGETARCH',
      'ADD dist/$TARGETARCH.tar.gz /',
    ].join('\n');
    expect(facts(text)).toEqual({
      stages: [
        { name: 'build', from: 'golang:1.22', line: 3 },
        { from: 'model-server:base-slim', line: 6 },
      ],
      base: 'model-server:base-slim',
      references: [
        { reference: 'golang:1.22', written: 'golang:${GO}', kind: 'FROM', line: 3, column: 1 },
        { reference: 'model-server:base-slim', kind: 'FROM', line: 6, column: 1 },
        { reference: 'busybox:1', kind: 'COPY', line: 8, column: 1 },
        { reference: 'tools:1', kind: 'RUN', line: 9, column: 1 },
      ],
      sources: [
        { path: 'src', instruction: 'COPY', line: 5, column: 1 },
        { path: 'scripts', instruction: 'RUN', line: 9, column: 1 },
        { path: 'dist/*.tar.gz', instruction: 'ADD', line: 11, column: 1, unresolved: true },
      ],
      mounts: [],
      entitlements: [],
      args: ['GO', 'TARGETARCH'],
      heritage: { environment: new Map(), open: true, triggers: [] },
      syntax: 'docker/dockerfile:1',
    });
  });
});

describe('the images that a Dockerfile names', () => {
  it.each([
    ['a stage by name', 'FROM a AS one\nFROM one\nCOPY --from=one x /', ['FROM a']],
    ['a stage in another case', 'FROM a AS One\nFROM b\nCOPY --from=oNE x /', ['FROM a', 'FROM b']],
    ['a stage by number', 'FROM a\nFROM b\nCOPY --from=0 x /', ['FROM a', 'FROM b']],
    ['a stage of a mount', 'FROM a AS one\nFROM b\nRUN --mount=from=one,target=/x y', ['FROM a', 'FROM b']],
    ['scratch', 'FROM scratch\nCOPY --from=scratch x /', []],
    [
      'a stage that a platform picks',
      'FROM a AS on-amd64\nFROM b AS on-arm64\nFROM on-${TARGETARCH}',
      ['FROM a', 'FROM b'],
    ],
  ])('leave out %s', (_, text, expected) => {
    expect(references(text)).toEqual(expected);
  });

  it.each([
    ['a default', 'ARG V=1\nFROM a:$V', {}, ['FROM a:1']],
    ['a given value', 'ARG V=1\nFROM a:$V', { V: '2' }, ['FROM a:2']],
    ['a given value that nothing declares', 'FROM a:${V:-1}', { V: '2' }, ['FROM a:1']],
    ['arguments in arguments', 'ARG V=1\nARG W=$V-slim\nFROM a:$W', { V: '2' }, ['FROM a:2-slim']],
    ['a registry with a port', 'FROM localhost:5000/a/b:1@sha256:00', {}, ['FROM localhost:5000/a/b:1@sha256:00']],
    ['a stage named later', 'FROM b\nFROM a AS b', {}, ['FROM a']],
    ['an empty part', 'ARG S\nFROM a$S', {}, ['FROM a']],
    ['an argument in --from', 'FROM a\nARG V=1\nCOPY --from=tools:$V x /', {}, ['FROM a', 'COPY tools:1']],
    ['a cache that begins as an image', 'FROM a\nRUN --mount=type=cache,from=b,target=/c x', {}, ['FROM a', 'RUN b']],
  ])('are found with %s', (_, text, args, expected) => {
    expect(references(text, args)).toEqual(expected);
  });

  it('are marked if a part of them is unknown', () => {
    const unknown = ['TARGETARCH'];
    expect(facts('FROM a:$TARGETARCH').references).toEqual([
      { reference: 'a:*', written: 'a:$TARGETARCH', unknown, kind: 'FROM', line: 1, column: 1 },
    ]);
  });
});

describe('a stage that the last one may not be built from', () => {
  const count = (text: string) => {
    const { mounts, entitlements, args } = facts(text);
    return [...references(text), ...sources(text), ...mounts, ...entitlements, ...args];
  };

  it.each([
    ['another branch', 'FROM a AS x\nCOPY x /\nFROM b AS y\nARG Y\nCOPY y /\nFROM y', ['FROM b', 'y', 'Y']],
    ['a former stage', 'FROM a\nCOPY --from=c c /\nFROM b', ['FROM b']],
    ['a stage that only such ones use', 'FROM a AS x\nFROM x AS y\nCOPY y /\nFROM b', ['FROM b']],
    ['a mount of such a stage', 'FROM a\nRUN --mount=from=c,target=/c c\nFROM b', ['FROM b']],
    [
      'an earlier one of two of a name',
      'FROM a AS x\nCOPY x /\nFROM b AS X\nFROM c\nCOPY --from=x y /',
      ['FROM b', 'FROM c'],
    ],
    [
      'an earlier one that a mount names',
      'FROM a AS x\nFROM b AS x\nFROM c\nRUN --mount=from=x,target=/x y',
      ['FROM b', 'FROM c'],
    ],
    ['an earlier one to start from', 'FROM a AS x\nCOPY x /\nFROM b AS x\nFROM x', ['FROM b']],
    [
      'a later one of that name',
      'FROM a AS x\nFROM x\nCOPY x /\nFROM b\nCOPY --from=1 y /\nFROM b AS x\nFROM y',
      ['FROM y'],
    ],
    [
      'one that a number of a mount would mean',
      'FROM a\nCOPY x /\nFROM b\nRUN --mount=from=0,target=/x y',
      ['FROM b', 'RUN 0'],
    ],
    [
      'one whose image has the name of a later one',
      'FROM b AS y\nCOPY y /\nFROM c\nFROM a AS b\nFROM scratch\nCOPY --from=b z /',
      ['FROM a'],
    ],
    ['one with secrets', 'FROM a\nRUN --mount=type=secret,id=s,required --network=host x\nFROM b', ['FROM b']],
    ['one with ONBUILD', 'FROM a AS x\nONBUILD COPY x /\nFROM x\nFROM b', ['FROM b']],
  ])('does not count: %s', (_, text, expected) => {
    expect(count(text)).toEqual(expected);
  });

  it.each([
    ['FROM', 'FROM a AS x\nCOPY x /\nFROM x AS y\nFROM y', ['FROM a', 'x']],
    ['COPY --from', 'FROM a AS x\nCOPY x /\nFROM b\nCOPY --from=x x /', ['FROM a', 'FROM b', 'x']],
    ['COPY --from a number', 'FROM a\nCOPY x /\nFROM b\nCOPY --from=0 x /', ['FROM a', 'FROM b', 'x']],
    ['a mount', 'FROM a AS x\nCOPY x /\nFROM b\nRUN --mount=from=x,target=/x x', ['FROM a', 'FROM b', 'x']],
    ['COPY --from a padded number', 'FROM a\nCOPY x /\nFROM b\nCOPY --from=00 x /', ['FROM a', 'FROM b', 'x']],
    [
      'COPY --from a name further down',
      'FROM b AS y\nCOPY --from=x y /\nFROM a AS x\nCOPY x /\nFROM y',
      ['FROM b', 'FROM a', 'x'],
    ],
    [
      'what ONBUILD of its parent copies from',
      'FROM a AS x\nCOPY x /\nFROM b AS y\nONBUILD COPY --from=x x /\nFROM y',
      ['FROM a', 'FROM b', 'x'],
    ],
    [
      'an argument of the build',
      'ARG END=cpu\nFROM a AS cpu_final\nCOPY cpu /\nFROM b AS cuda_final\nCOPY cuda /\nFROM ${END}_final',
      ['FROM a', 'cpu', 'END'],
    ],
    ['any of several names', 'FROM a AS on-1\nFROM b AS on-2\nFROM on-$TARGETARCH', ['FROM a', 'FROM b']],
  ])('counts if it is reached by %s', (_, text, expected) => {
    expect(count(text)).toEqual(expected);
  });
});

describe('the context files that a Dockerfile uses', () => {
  it.each([
    ['one', 'COPY a /', ['a']],
    ['several', 'COPY a b/c d/ /x/', ['a', 'b/c', 'd']],
    ['paths that start or wander', 'COPY ./a /b c/../d ../e /x/', ['a', 'b', 'd', 'e']],
    ['the whole context', 'COPY . /x\nADD ./ /y\nCOPY / /z', ['', '', '']],
    ['a JSON list', 'COPY ["a b", "c", "/x/"]', ['a b', 'c']],
    ['quoted words', 'COPY "a" \'b\' /x/', ['a', 'b']],
    ['wildcards', 'COPY a/*.txt b?[cd] /x/', ['a/*.txt', 'b?[cd]']],
    ['other flags', 'COPY --chown=1:1 --chmod=755 --link --parents --exclude=*.md a /', ['a']],
    ['ADD', 'ADD --chown=1:1 a.tar.gz /', ['a.tar.gz']],
    ['heredocs beside files', 'COPY <<EOF a /x/\nb\nEOF', ['a']],
    ['a bind mount', 'RUN --mount=type=bind,source=a,target=/x b', ['a']],
    ['a bind mount by other names', 'RUN --mount=target=/x,src=./a,rw b', ['a']],
    ['a bind mount of everything', 'RUN --mount=type=bind,target=/x b', ['']],
  ])('are found: %s', (_, text, expected) => {
    expect(sources(`FROM base\n${text}`)).toEqual(expected);
  });

  it.each([
    ['another stage', 'COPY --from=base a /'],
    ['a URL', 'ADD https://example.com/a.tgz http://example.com/b /'],
    ['a checked URL', 'ADD --checksum=sha256:00 https://example.com/a.tgz /'],
    [
      'a Git repository',
      'ADD git@github.com:a/b.git /x\nADD https://github.com/a/b.git#main:c /y\nADD ssh://git@x/y /z',
    ],
    ['heredocs', 'COPY <<A <<B /x/\na\nA\nb\nB'],
    ['other mounts', 'RUN --mount=type=cache,target=/c --mount=type=secret,id=s --mount=type=tmpfs,target=/t x'],
    ['a mount from an image', 'RUN --mount=from=base,source=a,target=/x b'],
    ['what ONBUILD will copy elsewhere', 'ONBUILD COPY a /'],
  ])('are not those of %s', (_, text) => {
    expect(sources(`FROM base AS base\n${text}`)).toEqual([]);
  });

  it.each([
    ['an argument', 'FROM x\nARG D=a\nCOPY $D/b /', 'a/b', {}],
    ['an argument with a given value', 'FROM x\nARG D=a\nCOPY $D/b /', 'given/b', { D: 'given' }],
    ['a global argument declared again', 'ARG D=a\nFROM x\nARG D\nCOPY $D/b /', 'a/b', {}],
    ['a global argument with another default', 'ARG D=a\nFROM x\nARG D=c\nCOPY $D/b /', 'c/b', {}],
    ['a global argument not declared again', 'ARG D=a\nFROM scratch\nCOPY ${D:-none}/b /', 'none/b', {}],
    ['an argument of another stage', 'FROM x\nARG D=a\nFROM scratch\nCOPY ${D:-none}/b /', 'none/b', {}],
    ['an argument of the parent stage', 'FROM x AS p\nARG D=a\nFROM p\nCOPY $D/b /', 'a/b', {}],
    ['a variable', 'FROM x\nENV D=a\nCOPY $D/b /', 'a/b', {}],
    ['a variable in the older form', 'FROM x\nENV D a\nCOPY $D/b /', 'a/b', {}],
    ['a variable of the parent stage', 'FROM x AS p\nENV D=a\nFROM p\nCOPY $D/b /', 'a/b', {}],
    ['a variable made from an argument', 'FROM x\nARG A=a\nENV D="${A}c"\nCOPY $D/b /', 'ac/b', {}],
    ['a variable of the same line', 'FROM x\nENV D=a\nENV D=c E=$D\nCOPY $E/b /', 'a/b', {}],
    ['an argument, then a variable', 'FROM x\nARG D=a\nENV D=c\nCOPY $D/b /', 'c/b', {}],
    ['a variable, then an argument', 'FROM x\nENV D=c\nARG D=a\nCOPY $D/b /', 'a/b', {}],
    ['an argument in a mount', 'FROM x\nARG D=a\nRUN --mount=source=$D/b,target=/c d', 'a/b', {}],
    ['a platform argument with a default', 'FROM x\nARG TARGETARCH=amd64\nCOPY $TARGETARCH/b /', 'amd64/b', {}],
    ['an argument without a value on scratch', 'FROM scratch\nARG D\nCOPY a/$D /', 'a', {}],
    ['a given platform', 'FROM x\nARG TARGETARCH\nCOPY $TARGETARCH/b /', 'arm64/b', { TARGETARCH: 'arm64' }],
  ])('have the value of %s', (_, text, path, args: Record<string, string>) => {
    expect(facts(text, args).sources).toEqual([expect.objectContaining({ path })]);
    expect(facts(text, args).sources[0]).not.toHaveProperty('unresolved');
  });

  it.each([
    ['a platform argument', 'ARG TARGETARCH\nCOPY dist/$TARGETARCH/a /', 'dist/*/a'],
    ['a platform argument with slashes', 'ARG TARGETPLATFORM\nCOPY dist/$TARGETPLATFORM/a /', 'dist/**/a'],
    ['an argument that the base image may set', 'ARG D\nCOPY a/$D /', 'a'],
    ['a variable that the base image may set', 'COPY $HOME_DIR/a /', '**/a'],
    ['its default', 'COPY ${HOME_DIR:-b}/a /', '**/a'],
    ['a variable made from one of these', 'ENV D=a-$HOME_DIR\nCOPY $D /', 'a-*'],
    ['a variable in a mount', 'RUN --mount=source=a/$D/b,target=/b b', 'a/**/b'],
    ['all there is', 'COPY $D /', ''],
    ['what is above it', 'COPY a/$D/../b /', 'a/**/b'],
  ])('match every value of %s', (_, text, path) => {
    expect(facts(`FROM x\n${text}`).sources).toEqual([expect.objectContaining({ path, unresolved: true })]);
  });

  it.each([
    ['in the middle', 'a/x-$D.jar', ['a/x-*.jar', 'a/x-*/**/*.jar']],
    ['at its end', 'a/x-$D', ['a/x-*']],
    ['at its end and within', 'a/x-$D/b', ['a/x-*/b', 'a/x-*/**/*/b']],
    ['at its start', 'a/$D.jar', ['a/**/*.jar']],
    ['twice', 'a/x-$D-$E/b', ['a/**/b']],
  ])('may have a segment with an unknown value %s, with slashes or without', (_, path, expected) => {
    expect(sources(`FROM x\nCOPY ${path} /`)).toEqual(expected);
  });

  it('name the unknown variables, except those that BuildKit sets', () => {
    const [source] = facts('FROM x\nARG TARGETARCH\nENV A=$B\nCOPY $A/$TARGETARCH/$C /').sources;
    expect(source).toMatchObject({ unknown: ['B', 'C'] });
  });

  it('treat two stars as one, like Docker without --parents', () => {
    expect(sources('FROM x\nCOPY a/**/b /\nCOPY --parents a/**/b /')).toEqual(['a/*/b', 'a/**/b']);
  });
});

describe('ONBUILD of another stage', () => {
  it('runs in the stages that start from it, and not in those that start from these', () => {
    expect(sources('FROM a AS x\nONBUILD COPY x /\nFROM x AS y\nFROM y\nCOPY z /')).toEqual(['x', 'z']);
    expect(sources('FROM a AS x\nONBUILD COPY x /\nFROM b')).toEqual([]);
  });

  it('sets variables and arguments for the instructions after it', () => {
    const text = 'FROM scratch AS x\nONBUILD ARG A=a\nONBUILD ENV B=$A/b\nFROM x\nCOPY $B /';
    expect(sources(text)).toEqual(['a/b']);
    expect(facts(text).args).toEqual(['A']);
  });
});

describe('a secret or an SSH agent that a RUN mounts', () => {
  it.each([
    ['type=secret,id=a', { type: 'secret', id: 'a', required: false }],
    ['type=secret,target=/run/b,required', { type: 'secret', id: 'b', required: true }],
    ['type=secret,source=c,id=d,required=true', { type: 'secret', id: 'c', required: true }],
    ['type=secret,id=a,required=false', { type: 'secret', id: 'a', required: false }],
    ['type=ssh', { type: 'ssh', id: 'default', required: false }],
    ['type=ssh,id=deploy,required=1', { type: 'ssh', id: 'deploy', required: true }],
  ])('is %s', (mount, expected) => {
    expect(facts(`FROM x\nRUN --mount=${mount} y`).mounts).toEqual([{ ...expected, line: 2, column: 1 }]);
  });
});

describe('the arguments that a Dockerfile declares', () => {
  it('are listed once each, in order, global or not', () => {
    expect(facts('ARG B=1 A\nFROM x\nARG C\nARG B\nONBUILD ARG D').args).toEqual(['B', 'A', 'C']);
  });
});

describe('a Dockerfile that cannot be built', () => {
  it.each([
    ['no text', '', '1:1 there is no `FROM` instruction'],
    ['no FROM', '# nothing\nARG A=1', '1:1 there is no `FROM` instruction'],
    ['FROM without an image', ' FROM', '1:2 `FROM` is not `FROM image` or `FROM image AS name`'],
    ['FROM with too much', 'FROM a b', '1:1 `FROM a b` is not `FROM image` or `FROM image AS name`'],
    ['AS without a name', 'FROM a AS', '1:1 `FROM a AS` is not `FROM image` or `FROM image AS name`'],
    ['an empty image', 'FROM ""', '1:1 `FROM ""` names no image: its value is empty'],
    [
      'an image without a value',
      'ARG A=\nFROM $A',
      '2:1 `FROM $A`: `A` has no value; give its `ARG` a default, or set it in `args`',
    ],
    [
      'a tag without a value',
      'ARG A\nFROM b:${A}',
      '2:1 `FROM b:${A}`: `A` has no value; give its `ARG` a default, or set it in `args`',
    ],
    [
      'a tag that a stage declares',
      'FROM a\nARG B=1\nFROM c:$B',
      '3:1 `FROM c:$B`: no `ARG B` before the first `FROM` gives `B` a value',
    ],
    ['FROM in ONBUILD', 'FROM a\nONBUILD FROM b', '2:1 `ONBUILD FROM` is not allowed'],
    ['an unknown instruction', 'FROM a\nCPOY b c', '2:1 unknown instruction `CPOY`'],
    ['a word of JavaScript', 'FROM a\nconstructor b', '2:1 unknown instruction `CONSTRUCTOR`'],
    ['an early instruction', 'RUN a\nFROM b', '1:1 `RUN` stands before the first `FROM`; only `ARG` may'],
    ['COPY with one operand', 'FROM a\nCOPY b', '2:1 `COPY` needs at least one source and a destination'],
    ['ADD with one operand', 'FROM a\nADD ["b"]', '2:1 `ADD` needs at least one source and a destination'],
    ['a stage that is not there', 'FROM a\nCOPY --from=3 b c', '2:1 `--from=3`: there is no stage with this number'],
    ['ARG without a name', 'FROM a\nARG', '2:1 `ARG` declares no argument'],
    ['ARG with a value only', 'FROM a\nARG =b', '2:1 `ARG =b`: a name is expected before `=`'],
    ['ENV without a value', 'FROM a\nENV B', '2:1 `ENV B` is not `ENV name=value`'],
    ['ENV with a stray word', 'FROM a\nENV B=c d', '2:1 `d` is not `name=value`'],
    ['an instruction alone', 'FROM a\nWORKDIR', '2:1 `WORKDIR` has nothing after it'],
    ['an open quote', 'FROM a\nCOPY "b c', '2:1 `"b` has a quote or brace that is never closed'],
    ['an open brace', 'FROM a\nCOPY ${B c', '2:1 `${B` has a quote or brace that is never closed'],
    ['an open heredoc', 'FROM a\nRUN <<EOF\nb', '2:1 the heredoc `EOF` is not terminated'],
  ])('is reported: %s', (_, text, expected) => {
    const { facts: found, problems } = readDockerfile(text);
    expect(problems.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([expected]);
    expect(found).toBeUndefined();
  });

  it('reports all its problems, in order', () => {
    const { problems } = readDockerfile('FROM a b\nFOO\nCOPY c\nENV d\nCOPY --from=9 e f');
    expect(problems.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('reading a Dockerfile', () => {
  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom(
      'FROM ',
      'COPY ',
      'RUN ',
      '--mount=',
      '--from=',
      '<<',
      'EOF',
      '"',
      "'",
      '${',
      '}',
      '\\',
      '\n',
      '[',
      ',',
      '=',
    );
    const text = fc.array(fc.oneof(piece, fc.string())).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, (dockerfile) => {
        const { facts: found, problems } = readDockerfile(dockerfile);
        expect(found === undefined).toBe(problems.length > 0);
      }),
    );
  });
});
