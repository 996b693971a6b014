import { readDockerfile } from '@nx-image-matrix/dockerfile';
import { matchBelow, matchWithParents, withFolders } from './filter.ts';
import { readPattern } from './pattern.ts';
import { readRules } from './rules.ts';
import { findExclusion, readOwnDockerignore, writeDockerignore } from './write-dockerignore.ts';

function ignoreFile(instructions: string, own?: string): string {
  return writeDockerignore(sourcesOf(instructions), readOwnDockerignore(own));
}

function sourcesOf(instructions: string): string[] {
  return readDockerfile(`FROM base\n${instructions}`).facts!.sources.map(({ path }) => path);
}

/** BuildKit's result when it walks a context. */
function isLetIn(text: string, path: string): boolean {
  const { rules } = readRules(text);
  let verdict = matchBelow(rules, '');
  for (const [depth, folder] of withFolders(path).entries()) {
    verdict = matchBelow(rules, folder, depth === 0 ? undefined : verdict.matches);
  }
  return !verdict.matched;
}

/** Its result when it opens a file. */
function isOpened(text: string, path: string): boolean {
  return !matchWithParents(readRules(text).rules, path);
}

/** Whether instructions copy a path. */
function matcherOf(instructions: string): (path: string) => boolean {
  const copied = sourcesOf(instructions).map((path) => ({ letsIn: false, pattern: readPattern(path)! }));
  return (path) => matchWithParents(copied, path);
}

const CONTEXT = [
  'a/b.txt',
  'a/c/d.txt',
  'a2/b.txt',
  'e.txt',
  'dist/amd64/app',
  'dist/arm64/app',
  'dist/amd64/log',
  'x y/z',
];

describe('the text of Dockerfile.dockerignore', () => {
  it('excludes everything, then includes each source once, in order', () => {
    expect(ignoreFile('COPY e.txt a /x/\nCOPY a /y/')).toBe('*\n!a\n!a/**\n!e.txt\n!e.txt/**\n');
  });

  it.each([
    ['a file', 'COPY a/b.txt /', ['a/b.txt']],
    ['a folder', 'COPY ./a/ /', ['a/b.txt', 'a/c/d.txt']],
    ['a folder of a folder', 'COPY a/c /', ['a/c/d.txt']],
    ['a wildcard', 'COPY a*/b.txt /', ['a/b.txt', 'a2/b.txt']],
    ['a wildcard for folders', 'COPY a/* /', ['a/b.txt', 'a/c/d.txt']],
    ['a platform', 'ARG TARGETARCH\nCOPY dist/$TARGETARCH/app /', ['dist/amd64/app', 'dist/arm64/app']],
    ['a path with spaces', 'COPY ["x y/z", "/"]', ['x y/z']],
    ['a mount', 'RUN --mount=source=e.txt,target=/x y', ['e.txt']],
    ['nothing', 'RUN x', []],
    ['everything', 'COPY . /', CONTEXT],
  ])('includes %s', (_, instructions, expected) => {
    const rules = ignoreFile(instructions);
    expect(CONTEXT.filter((path) => isLetIn(rules, path))).toEqual(expected);
  });

  it("ends with the context's own rules, which decide", () => {
    const rules = ignoreFile('COPY a /', '# ours\n**/*.txt\r\n!a/c/d.txt\n\n');
    expect(rules).toBe('*\n!a\n!a/**\n# ours\n**/*.txt\n!a/c/d.txt\n');
    expect(CONTEXT.filter((path) => isLetIn(rules, path))).toEqual(['a/c/d.txt']);
  });

  it("has only the context's own rules if everything is copied", () => {
    expect(ignoreFile('COPY . /\nCOPY a /')).toBe('');
    expect(ignoreFile('COPY . /\nCOPY a /', 'a2\n')).toBe('a2\n');
  });
});

describe('the text of Dockerfile.dockerignore with a .dockerignore in the context', () => {
  it.each<[own: string, instructions: string, paths: string[]]>([
    ['dist', 'COPY dist/amd64 /', []],
    ['dist/', 'COPY dist/amd64/app /', []],
    ['**/dist', 'COPY dist/amd64 /', []],
    ['dist/*', 'COPY dist/amd64 /', []],
    ['d*', 'COPY dist/amd64 /', []],
    ['*\n!a', 'COPY dist/amd64 /', []],
    ['*\n!dist', 'COPY dist/amd64 /', ['dist/amd64/app', 'dist/amd64/log']],
    ['*\n!dist/amd64', 'COPY dist/amd64 /', ['dist/amd64/app', 'dist/amd64/log']],
    ['*\n!dist/amd64/app', 'COPY dist/amd64 /', ['dist/amd64/app']],
    ['dist\n!dist/amd64\ndist', 'COPY dist/amd64 /', []],
    ['dist\n!dist/amd64\n**/log', 'COPY dist/amd64 /', ['dist/amd64/app']],
    ['**/log\n!dist', 'COPY dist/amd64 /', ['dist/amd64/app']],
    ['dist', 'COPY d*/amd64 /', []],
    ['dist/amd64', 'COPY dist/*/app /', ['dist/arm64/app']],
    ['dist/amd64', 'COPY dist a /', ['a/b.txt', 'a/c/d.txt', 'dist/arm64/app']],
    ['dist', 'COPY dist/amd64 a/c /', ['a/c/d.txt']],
  ])('with %j includes of `%s` the same as the .dockerignore alone: %j', (own, instructions, paths) => {
    const rules = ignoreFile(instructions, own);
    const copied = matcherOf(instructions);
    expect(CONTEXT.filter((path) => copied(path) && isLetIn(rules, path))).toEqual(paths);
    expect(paths.filter((path) => !isOpened(rules, path))).toEqual([]);
  });

  it.each(['dist', 'dist\n!dist/amd64\ndist', '*\n!dist/amd64\n*/amd64', '**/dist\n!**/app\n**/amd64'])(
    'never lets in by one rule what another keeps out: %j',
    (own) => {
      const rules = ignoreFile('COPY dist/amd64 dist/*/log /x/', own);
      const copied = matcherOf('COPY dist/amd64 dist/*/log /x/');
      const differing = CONTEXT.filter((path) => copied(path) && isLetIn(rules, path) && !isOpened(rules, path));
      expect(differing).toEqual([]);
    },
  );

  it.each([
    ['a space at an end', 'COPY ["a ", " b", "/x/"]', ['a ', ' b'], ['a', 'b']],
    ['a line end', 'COPY ["a\\n!b", "/x/"]', ['a\n!b'], ['b', 'a']],
    ['an exclamation mark', 'COPY ["!a/b", "/x/"]', ['!a/b'], ['a/b', '!a/c']],
    ['a comment sign', 'COPY ["#a/b", "/x/"]', ['#a/b'], ['a/b', '#a/c']],
  ])('reads %s as a part of the path', (_, instructions, inside, outside) => {
    const rules = ignoreFile(instructions, '# own\n*/z');
    expect(inside.filter((path) => !isLetIn(rules, path) || !isOpened(rules, path))).toEqual([]);
    expect(outside.filter((path) => isLetIn(rules, path))).toEqual([]);
  });
});

describe('an exception that Docker rejects', () => {
  it.each([
    ['is left out where Docker does not get to it', '!\\ü\n**/?n\n', false],
    ['stays where an earlier rule keeps something out', '**/?n\n!\\ü\n', true],
    ['stays where Docker refuses it at once', '!a[\n**/?n\n', true],
  ])('%s', (_, own, stays) => {
    const text = ignoreFile('COPY a /a', own);
    expect(text.split('\n').some((line) => /^!(?:\\ü|a\[)$/.test(line))).toBe(stays);
    expect(readOwnDockerignore(own).bad).toHaveLength(1);
  });
});

describe('the rule that excludes a copied path', () => {
  it.each<[own: string, path: string, line: number | undefined]>([
    ['# own\ndist', 'dist/amd64', 2],
    ['*\n!a', 'dist/amd64', 1],
    ['*\n!dist/amd64/app', 'dist/amd64', undefined],
    ['dist\n!dist/amd64\ndist', 'dist/amd64/app', 3],
    ['*.txt', '*.txt', 1],
    ['?.txt', '*.txt', undefined],
    ['a.txt', '*.txt', undefined],
    ['dist', 'dist/*.js', 1],
    ['*\n!conf/a.txt', 'conf/*.txt', undefined],
    ['!conf/a.txt\n*', 'conf/*.txt', 2],
    ['*y*', 'a[xy].txt', undefined],
    ['*y', 'a\\xy', undefined],
    ['dist/*/app', 'dist/**/app', undefined],
    ['*', '', undefined],
  ])('in %j for %j is in line %j', (own, path, line) => {
    expect(findExclusion(path, readOwnDockerignore(own).rules)?.line).toBe(line);
  });
});
