import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checkout } from '../../test/support/checkout.ts';
import { defaultBase, findBase } from './git-base.ts';

it.each([
  [{}, {}, 'main'],
  [{ defaultBase: 'trunk' }, {}, 'trunk'],
  [{ affected: { defaultBase: 'old' } }, {}, 'old'],
  [{ defaultBase: 'trunk' }, { NX_BASE: 'abc' }, 'abc'],
  [{ defaultBase: 'trunk' }, { NX_BASE: '' }, 'trunk'],
])('the default base of %j with %j is %s', (nxJson, environment, base) => {
  expect(defaultBase(nxJson, environment)).toBe(base);
});

describe('the base', () => {
  let origin: Checkout;
  beforeAll(() => {
    origin = new Checkout({ 'a.txt': 'a\n' });
    origin.write({ 'a.txt': 'b\n' });
    origin.commit();
  });
  afterAll(() => origin.dispose());

  it('is the commit where HEAD left the revision', () => {
    expect(findBase(origin.root, 'main')).toEqual({ revision: 'main', commit: origin.git('rev-parse', 'HEAD').trim() });
    expect(findBase(origin.root, 'HEAD~1').commit).toBe(origin.git('rev-parse', 'HEAD~1').trim());
  });

  it('is the revision itself if the two have nothing in common', () => {
    origin.git('checkout', '--quiet', '--orphan', 'other');
    origin.commit();
    try {
      expect(findBase(origin.root, 'main').commit).toBe(origin.git('rev-parse', 'main').trim());
    } finally {
      origin.git('checkout', '--quiet', 'main');
    }
  });

  it.each([
    [
      'nowhere',
      /^There is no revision "nowhere" in this clone\. Fetch it \("git fetch origin nowhere"\), or name another/,
    ],
    ['--output=x', /^"--output=x" is not a git revision\.$/],
    ['a b', /is not a git revision/],
    ['', /is not a git revision/],
  ])('is not found: %j', (revision, message) => {
    expect(() => findBase(origin.root, revision)).toThrow(message);
  });

  it('is not in a shallow clone', () => {
    const root = mkdtempSync(join(tmpdir(), 'shallow-'));
    try {
      origin.git('branch', '--force', 'topic', 'HEAD~1');
      origin.git('clone', '--quiet', '--depth=1', '--no-single-branch', `file://${origin.root}`, root);
      expect(() => findBase(root, 'origin/topic')).toThrow(
        /^This clone is shallow and does not contain .*fetch-depth: 0/,
      );
      expect(() => findBase(root, 'main~1')).toThrow(/^There is no revision "main~1".*This clone is shallow\./);
      expect(findBase(root, 'HEAD').revision).toBe('HEAD');
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

  it('is not there outside of a repository, nor before the first commit', () => {
    const root = mkdtempSync(join(tmpdir(), 'no-git-'));
    try {
      expect(() => findBase(root, 'main')).toThrow('This workspace is not in a git repository');
      origin.git('init', '--quiet', '--initial-branch=main', root);
      expect(() => findBase(root, 'main')).toThrow(/There is no revision "main"|no commit yet/);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
