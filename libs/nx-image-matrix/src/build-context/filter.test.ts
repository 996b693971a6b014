import { createContextFilter, withFolders, type FolderState } from './filter.ts';
import { readRules } from './rules.ts';

function walk(text: string, path: string): { isIn: boolean; goesInto: boolean } {
  const filter = createContextFilter(readRules(text).rules);
  let state: FolderState | undefined;
  let isIn = true;
  let goesInto = true;
  for (const folder of withFolders(path)) {
    if (!goesInto) return { isIn: false, goesInto };
    const verdict = filter.enter(folder, state);
    ({ isIn, state } = verdict);
    goesInto = filter.goesInto(folder, verdict);
  }
  return { isIn, goesInto };
}

describe('a context filter', () => {
  it.each<[string, string[], string[]]>([
    ['', ['a', '.git/config'], []],
    ['# a\n\n  \n', ['a'], []],
    [' # a', ['a'], ['# a']],
    ['a', ['b', 'b/a', 'ab'], ['a', 'a/b', 'a/b/c']],
    ['/a', ['b/a'], ['a', 'a/b']],
    ['./a/', ['b/a'], ['a', 'a/b']],
    ['a/../b', ['a'], ['b']],
    ['  a  \r\nb\r', ['c'], ['a', 'b']],
    ['\uFEFFa', ['b'], ['a']],
    ['*.md', ['a/b.md', 'a.mdx'], ['a.md', '.md']],
    ['*/temp*', ['temp', 'a/b/temp'], ['a/temp', 'a/temporary', 'a/temp/x']],
    ['**/*.py', ['a.pyc'], ['a.py', 'a/b/c.py']],
    ['a/**', ['a', 'b'], ['a/b', 'a/b/c']],
    ['a/**/z', ['a/b'], ['a/z', 'a/b/z', 'a/b/c/z']],
    ['a**b', ['a'], ['ab', 'ax/b']],
    ['temp?', ['temp', 'temp12', 'temp/'], ['temp1', 'tempa']],
    ['[a-c].txt', ['d.txt'], ['a.txt', 'c.txt']],
    ['[^a-c].txt', ['a.txt'], ['d.txt']],
    ['a\\*b', ['axb'], ['a*b']],
    ['a+(b){c}|$.d', ['aab'], ['a+(b){c}|$.d']],
    ['.', ['a', '.git'], []],
    ['*\n!a', ['a', 'a/b'], ['b', 'b/a']],
    ['*\n!a/b.txt', ['a/b.txt'], ['a', 'a/c.txt', 'b.txt']],
    ['*\n! /a', ['a'], ['b']],
    ['*.md\n!README*.md\nREADME-secret.md', ['README.md', 'a.txt'], ['x.md', 'README-secret.md']],
    ['*.md\nREADME-secret.md\n!README*.md', ['README.md', 'README-secret.md'], ['x.md']],
    ['*\n!a\na/node_modules', ['a/b'], ['a/node_modules/x']],
    ['*\n!**/*.py', ['a.py', 'a/b.py'], ['a.txt', 'a/b.txt']],
    ['!a', ['a', 'b'], []],
    ['!', ['a'], []],
    ['[', ['a'], []],
  ])('%j includes %j and excludes %j', (text, inside, outside) => {
    expect(inside.filter((path) => !walk(text, path).isIn)).toEqual([]);
    expect(outside.filter((path) => walk(text, path).isIn)).toEqual([]);
  });
});

describe('a walk', () => {
  it.each<[string, string[], string[]]>([
    ['*\n!tools/model-server/entrypoint.sh', ['tools', 'tools/model-server'], ['node_modules', 'tools/other', '.git']],
    ['*\n!tools', ['tools', 'tools/a/b'], ['a', 'a/tools']],
    ['*\n!a/*/c.txt', ['a', 'a/b'], ['b', 'a/b/d']],
    ['*\n!a/**/z', ['a', 'a/b/c'], ['b']],
    ['*\n!**/*.py', ['a', 'node_modules/x'], []],
    ['*\n!a**b', ['ax', 'ax/y'], []],
    ['node_modules', ['a'], ['node_modules', 'node_modules/a']],
  ])('with %j enters %j, but not %j', (text, inside, outside) => {
    expect(inside.filter((path) => !walk(text, path).goesInto)).toEqual([]);
    expect(outside.filter((path) => walk(text, path).goesInto)).toEqual([]);
  });
});
