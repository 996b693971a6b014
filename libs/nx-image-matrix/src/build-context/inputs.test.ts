import { readDockerfile } from '@nx-image-matrix/dockerfile';
import { contextInputs, type PathKind } from './inputs.ts';

const KINDS = new Map<string, PathKind>([
  ['folder', 'folder'],
  ['link', 'folder'],
  ['file.txt', 'file'],
  ['b{1}(2)', 'file'],
]);

function inputs(instructions: string): string[] {
  const { facts } = readDockerfile(`FROM base\n${instructions}`);
  const paths = facts?.sources.map(({ path }) => path) ?? [];
  return contextInputs(paths, new Set(['link']), (path) => KINDS.get(path) ?? 'nothing');
}

describe('the inputs of an image in its context', () => {
  it.each([
    ['a file', 'COPY file.txt /', ['file.txt']],
    ['a folder', 'COPY folder/ /', ['folder/**/*']],
    ['something that does not exist yet', 'COPY dist/app /', ['dist/app', 'dist/app/**/*']],
    ['a wildcard', 'COPY a/*.sh /', ['a/*.sh', 'a/*.sh/**/*']],
    ['a character class', 'COPY a/[xy].sh /', ['a/?.sh', 'a/?.sh/**/*']],
    ['a class with a bracket in it', 'COPY a/[x\\\\]y]*.sh /', ['a/?*.sh', 'a/?*.sh/**/*']],
    ['a sign that Nx takes for the start of an exception', 'COPY !a/#b /', ['?a/?b', '?a/?b/**/*']],
    ['a platform', 'ARG TARGETARCH\nCOPY dist/$TARGETARCH/app /', ['dist/*/app', 'dist/*/app/**/*']],
    ['the whole context', 'COPY . /', ['**/*']],
    ['characters that only globs know', 'COPY b{1}(2) /', ['b?1??2?']],
    ['a link', 'COPY link /', ['link']],
    ['the same twice', 'COPY file.txt /\nCOPY folder file.txt /x/', ['file.txt', 'folder/**/*']],
    ['nothing', 'RUN x', []],
  ])('are %s', (_, instructions, expected) => {
    expect(inputs(instructions)).toEqual(expected);
  });
});
