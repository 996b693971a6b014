import { copiesEverything, dockerignore } from './dockerignore.ts';
import { readDockerfile } from './read-dockerfile.ts';

function ignoreFile(instructions: string, own?: string): string {
  return dockerignore(readDockerfile(`FROM base\n${instructions}`).facts!, own);
}

/** Docker's rules, as far as these tests need them: the last line that matches a path or a folder above it decides. */
function isLetIn(rules: string, path: string): boolean {
  const folders = path.split('/').map((_, index, names) => names.slice(0, index + 1).join('/'));
  return rules.split('\n').reduce((letIn, rule) => {
    const pattern = rule.replace(/^!/, '');
    const expression = pattern.replace(/\*\*\/?|\*|\?|[.+$()]/g, (token) => {
      if (token.startsWith('**')) return '.*';
      return { '*': '[^/]*', '?': '[^/]' }[token] ?? `\\${token}`;
    });
    const matches = pattern !== '' && folders.some((folder) => new RegExp(`^${expression}$`).test(folder));
    return matches ? rule.startsWith('!') : letIn;
  }, true);
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
  it('begins with everything, and takes back each source once, in order', () => {
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
  ])('lets in %s', (_, instructions, expected) => {
    const rules = ignoreFile(instructions);
    expect(CONTEXT.filter((path) => isLetIn(rules, path))).toEqual(expected);
  });

  it("ends with the context's own rules, which so have the last word", () => {
    const rules = ignoreFile('COPY a /', '# ours\n**/*.txt\r\n!a/c/d.txt\n\n');
    expect(rules).toBe('*\n!a\n!a/**\n# ours\n**/*.txt\n!a/c/d.txt\n');
    expect(CONTEXT.filter((path) => isLetIn(rules, path))).toEqual(['a/c/d.txt']);
  });

  it("holds only the context's own rules where everything is copied", () => {
    expect(ignoreFile('COPY . /\nCOPY a /')).toBe('');
    expect(ignoreFile('COPY . /\nCOPY a /', 'a2\n')).toBe('a2\n');
  });
});

describe('copying everything', () => {
  it.each([
    ['COPY . /', true],
    ['COPY ./ /', true],
    ['RUN --mount=target=/x y', true],
    ['COPY a /', false],
    ['COPY * /', false],
  ])('is what `%s` does: %s', (instruction, expected) => {
    expect(copiesEverything(readDockerfile(`FROM base\n${instruction}`).facts!)).toBe(expected);
  });
});
