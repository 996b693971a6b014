import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { gitIgnored } from './git.ts';

describe('gitIgnored', () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'ignored-')));
    write('.gitignore', 'dist\n*.local\nhidden\nclones\n');
    write('shared/a.txt', 'a');
    write('shared/dist/b.txt', 'b');
    git('.', 'init', '--quiet');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, content: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }

  function git(folder: string, ...args: string[]): void {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'protocol.file.allow=always'];
    execFileSync('git', [...identity, ...args], { cwd: join(root, folder), stdio: 'ignore' });
  }

  function addSubmodule(path: string): void {
    write('origin/.gitignore', 'made\n');
    write('origin/lib.c', '1');
    git('origin', 'init', '--quiet');
    git('origin', 'add', '--all');
    git('origin', 'commit', '--quiet', '-m', 'start');
    git('.', 'submodule', '--quiet', 'add', './origin', path);
  }

  function withPath<T>(path: string, run: () => T): T {
    const before = process.env['PATH'];
    process.env['PATH'] = path;
    try {
      return run();
    } finally {
      process.env['PATH'] = before;
    }
  }

  it('tells which paths git ignores, whatever characters they contain', () => {
    const paths = ['dist/a [x].js', 'a.local', ':(top)dist', '!dist', '-n/dist/ä', 'shared/a.txt', 'nothing.txt'];
    expect(gitIgnored(root, paths)).toEqual({
      ignored: new Set(['dist/a [x].js', 'a.local', '-n/dist/ä']),
      unknown: new Set(),
    });
  });

  it('treats a path with a trailing slash as a folder, whether or not it exists', () => {
    write('.gitignore', 'made/\n');
    expect(gitIgnored(root, ['made', 'app/made/', 'app/made', 'shared/']).ignored).toEqual(new Set(['app/made']));
    addSubmodule('sub');
    expect(gitIgnored(root, ['sub/made/', 'app/made/', 'sub/lib.c'])).toEqual({
      ignored: new Set(['sub/made', 'app/made']),
      unknown: new Set(),
    });
  });

  it('has an answer for all paths if some are behind links', () => {
    symlinkSync('shared', join(root, 'link'));
    symlinkSync('link', join(root, 'chain'));
    symlinkSync('shared', join(root, 'hidden'));
    symlinkSync('circle', join(root, 'circle'));
    symlinkSync(tmpdir(), join(root, 'out'));
    const paths = ['dist/x', 'link/a.txt', 'link/dist/b.txt', 'chain/dist', 'hidden/a.txt', 'circle/x', 'out/x', 'ok'];
    expect(gitIgnored(root, paths)).toEqual({
      ignored: new Set(['dist/x', 'link/dist/b.txt', 'chain/dist', 'hidden/a.txt', 'circle/x', 'out/x']),
      unknown: new Set(),
    });
  });

  it('asks a submodule for its content, and this repository for a nested clone', () => {
    addSubmodule('vendor/lib');
    write('clones/one/x.c', '1');
    git('clones/one', 'init', '--quiet');
    const paths = ['dist/x', 'vendor/lib/lib.c', 'vendor/lib/made/x.o', 'vendor/lib', 'clones/one/x.c'];
    expect(gitIgnored(root, paths)).toEqual({
      ignored: new Set(['dist/x', 'vendor/lib/made/x.o', 'clones/one/x.c']),
      unknown: new Set(),
    });
  });

  it.each<[what: string, script: string, words: string]>([
    ['refuses the folder', 'echo "fatal: detected dubious ownership in repository at \'/x\'" >&2; exit 128', 'dubious'],
    ['is killed', 'kill -9 $$', 'git was ended by SIGKILL'],
    ['fails without a word', 'exit 3', 'git ended with exit code 3'],
  ])('has no answer, and says why, if git %s', (_, script, words) => {
    write('bin/git', `#!/bin/sh\n${script}\n`);
    chmodSync(join(root, 'bin/git'), 0o755);
    const path = `${join(root, 'bin')}${delimiter}${process.env['PATH']}`;
    const answer = withPath(path, () => gitIgnored(root, ['dist/x', 'a']));
    expect(answer).toEqual({
      ignored: new Set(),
      unknown: new Set(['dist/x', 'a']),
      problem: expect.stringContaining(words),
    });
  });

  it('has no answer, and says so, without git and outside a repository', () => {
    expect(withPath(join(root, 'nowhere'), () => gitIgnored(root, ['dist'])).problem).toBe('git was not found');
    rmSync(join(root, '.git'), { recursive: true });
    const { problem, unknown } = gitIgnored(root, ['dist']);
    expect([problem, [...unknown]]).toEqual([expect.stringContaining('not a git repository'), ['dist']]);
  });

  it('keeps the answers of the repository when a submodule has none', () => {
    addSubmodule('vendor/lib');
    write('vendor/lib/.git', 'gitdir: ../nowhere\n');
    const { ignored, unknown, problem } = gitIgnored(root, ['dist/x', 'vendor/lib/lib.c']);
    expect([[...ignored], [...unknown]]).toEqual([['dist/x'], ['vendor/lib/lib.c']]);
    expect(problem).toContain('not a git repository');
  });
});
