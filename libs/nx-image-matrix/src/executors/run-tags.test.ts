import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTags } from './run-tags.ts';

let folder: string;
const path = process.env['PATH'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-tags-'));
});
afterEach(() => {
  process.env['PATH'] = path;
  rmSync(folder, { recursive: true, force: true });
});

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder, encoding: 'utf8' }).trim();

/** A git with this answer, which counts the calls. */
function fakeGit(words: string): void {
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'git'), `#!/bin/sh\necho x >> ${folder}/asked\necho "${words}" >&2\nexit 128\n`);
  chmodSync(join(folder, 'bin', 'git'), 0o755);
  process.env['PATH'] = `${join(folder, 'bin')}:${path}`;
}

describe('runTags', () => {
  it('fills in date and commit', () => {
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'c');
    const date = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    const fill = runTags(folder);
    expect(fill('1.0-{{ run.date }}-{{ run.sha }}')).toBe(`1.0-${date}-${git('rev-parse', '--short', 'HEAD')}`);
    expect(fill('1.0')).toBe('1.0');
  });

  it.each([
    ['no checkout', () => undefined, /not a git repository[^]*has its \.git folder/],
    ['a checkout without a commit', () => git('init', '-q'), /cannot tell the commit[^]*a commit/],
    ['no git', () => (process.env['PATH'] = folder), /ENOENT[^]*Install git/],
    [
      'a checkout of another user',
      () => fakeGit("fatal: detected dubious ownership in repository at '/x'"),
      /dubious ownership[^]*safe\.directory/,
    ],
  ])('with %s says why there is no commit, and still fills in the date', (_, prepare, expected) => {
    prepare();
    const fill = runTags(folder);
    expect(() => fill('{{ run.sha }}')).toThrow(expected);
    expect(fill('{{ run.date }}')).toMatch(/^\d{8}$/);
  });

  it('fills in the commit in full, a date in a format, and the branch as git has it', () => {
    git('init', '-q', '-b', 'feature/x');
    git('commit', '-q', '--allow-empty', '-m', 'c');
    const fill = runTags(folder, {});
    const year = String(new Date().getUTCFullYear());
    expect(fill('{{ run.full_sha }}')).toBe(git('rev-parse', 'HEAD'));
    expect(fill('{{ run.branch }}-{{ run.date | date: "%Y" }}')).toBe(`feature-x-${year}`);
  });

  it('fills in the branch as the CI service has it, and says what to do where nothing has', () => {
    git('init', '-q', '-b', 'main');
    git('commit', '-q', '--allow-empty', '-m', 'c');
    git('checkout', '-q', '--detach');
    expect(runTags(folder, { GITHUB_ACTIONS: 'true', GITHUB_REF_NAME: 'a/b' })('{{ run.branch }}')).toBe('a-b');
    expect(() => runTags(folder, {})('{{ run.branch }}')).toThrow(/cannot tell the branch[^]*git switch -c/);
    expect(() => runTags(folder, { CI: '1', GITHUB_REF_NAME: '日本' })('{{ run.branch }}')).toThrow('no character');
  });

  it('calls git once per run, and never if no tag needs the commit', () => {
    fakeGit('fatal: no');
    const fill = runTags(folder);
    fill('{{ run.date }}');
    expect(() => execFileSync('cat', [join(folder, 'asked')], { stdio: 'ignore' })).toThrow();
    for (const tag of ['a-{{ run.sha }}', 'b-{{ run.sha }}']) expect(() => fill(tag)).toThrow('fatal: no');
    expect(execFileSync('cat', [join(folder, 'asked')], { encoding: 'utf8' })).toBe('x\n');
  });
});
