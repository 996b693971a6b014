import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLink, refuseLinks } from './links.ts';

describe('findLink', () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'links-')));
    mkdirSync(join(root, 'docker/app'), { recursive: true });
    mkdirSync(join(root, 'hooks'));
    writeFileSync(join(root, 'file'), '');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it.each(['docker/app', 'docker/app/not/there', 'file', '.', '../elsewhere'])(
    'finds none on the way to %s',
    (path) => {
      expect(findLink(root, join(root, path))).toBeUndefined();
    },
  );

  it.each([
    ['out of the workspace', '/tmp'],
    ['to another folder of the workspace', '../../hooks'],
    ['to the folder above', '..'],
    ['to a file', '../../file'],
    ['to nothing', 'nothing'],
    ['to itself', 'image'],
  ])('finds a link that leads %s, at the path and above it', (_, target) => {
    symlinkSync(target, join(root, 'docker/app/image'));
    for (const path of ['docker/app/image', 'docker/app/image/Dockerfile', 'docker/app/image/a/b/c']) {
      expect(findLink(root, join(root, path))).toBe(join(root, 'docker/app/image'));
    }
  });

  it('finds none in a workspace that is itself behind a link', () => {
    symlinkSync(root, join(root, 'self'));
    expect(findLink(join(root, 'self'), join(root, 'self/docker/app'))).toBeUndefined();
  });

  it('is named in the error', () => {
    symlinkSync('hooks', join(root, 'docker/link'));
    expect(() => refuseLinks(root, join(root, 'docker/link/a'))).toThrow('docker/link is a symbolic link');
  });
});
