import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository, versionOf } from '../support/installation.ts';
import { outside } from '../support/workspace.ts';

const changelog = 'libs/nx-image-matrix/CHANGELOG.md';
const { releaseChangelog } = createRequire(import.meta.url)(join(repository, 'tools/release/changelog.cjs')) as {
  releaseChangelog: (text: string, version: string, file: string) => string;
};

describe('a release of this repository', () => {
  const root = mkdtempSync(join(tmpdir(), 'image-matrix-release-'));
  const person = { GIT_AUTHOR_NAME: 'test', GIT_AUTHOR_EMAIL: 'test@example.com' };
  const env = { ...outside(), ...person, GIT_COMMITTER_NAME: 'test', GIT_COMMITTER_EMAIL: 'test@example.com' };
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, env, encoding: 'utf8' });
  const release = (...args: string[]) => {
    const nx = join(repository, 'node_modules/.bin/nx');
    const { status, stdout, stderr } = spawnSync(nx, ['release', ...args, '--skip-publish'], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr };
  };
  const current = versionOf('nx-image-matrix');
  const next = current.replace(/^(\d+)\.(\d+)\..*$/, (_, major: string, minor: string) => `${major}.${+minor + 1}.0`);

  beforeAll(() => {
    const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const files = execFileSync('git', list, { cwd: repository, encoding: 'utf8' }).split('\0').filter(Boolean);
    for (const file of files) cpSync(join(repository, file), join(root, file), { verbatimSymlinks: true });
    symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
    const text = readFileSync(join(root, changelog), 'utf8').replace(/^## Unreleased\n[^]*?(?=^## )/m, '');
    writeFileSync(join(root, changelog), text.replace('\n## ', '\n## Unreleased\n\n- A novelty.\n\n## '));
    git('init', '--quiet', '--initial-branch=main');
    writeFileSync(join(root, '.git/info/exclude'), 'node_modules\n');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'start');
    git('tag', `v${current}`);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('changes nothing in a dry run', () => {
    const { status, output } = release('minor', '--dry-run');
    expect(output).toContain(`to get new version ${next}`);
    expect(status).toBe(0);
    expect(git('status', '--porcelain')).toBe('');
    expect(git('tag')).toBe(`v${current}\n`);
  });

  it('changes one line in three files, and tags the commit', () => {
    expect(release('minor')).toMatchObject({ status: 0 });
    expect(git('diff', '--numstat', 'HEAD~1').trim().split('\n')).toEqual(
      [changelog, 'libs/nx-image-matrix/package.json', 'package-lock.json'].map((file) => `1\t1\t${file}`),
    );
    expect(git('log', '-1', '--format=%s %D').trim()).toBe(`Release ${next} HEAD -> main, tag: v${next}`);
    expect(readFileSync(join(root, changelog), 'utf8')).toContain(`\n## ${next}\n\n- A novelty.\n`);
    expect(git('status', '--porcelain')).toBe('');
  });

  it('is refused when the changelog has nothing new', () => {
    const { status, output } = release('minor');
    expect(output).toContain(
      `${changelog} begins with "## ${next}". Write what is new below "## Unreleased" above it.`,
    );
    expect(status).toBe(1);
    expect(git('status', '--porcelain')).toBe('');
  });
});

describe('the changelog of a release', () => {
  it('is that of the version, when it was written under it', () => {
    expect(releaseChangelog('# C\n\n## 0.1.0\n\nAll.\n', '0.1.0', 'C.md')).toBe('# C\n\n## 0.1.0\n\nAll.\n');
  });

  it.each([
    ['## Unreleased\n\n## 0.1.0\n\nAll.\n', 'C.md has nothing below "## Unreleased".'],
    ['## Unreleased\n\n- New.\n\n## 0.2.0\n\nAll.\n', 'C.md has a section "## 0.2.0" already.'],
    ['# C\n', 'C.md begins with no heading'],
  ])('is refused when it is %j', (text, message) => {
    expect(() => releaseChangelog(text, '0.2.0', 'C.md')).toThrow(message);
  });
});
