import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptionalFile, readRegularFile } from './read-file.ts';

describe('readRegularFile', () => {
  let folder: string;
  let root: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'read-file-'));
    root = join(folder, 'workspace');
    mkdirSync(join(root, 'shared'), { recursive: true });
    writeFileSync(join(root, 'shared/file'), 'inside');
    writeFileSync(join(folder, 'secret'), 'outside');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each([0, 1, 65_535, 65_536, 65_537, 200_000])('returns all %d bytes of a file', (size) => {
    writeFileSync(join(root, 'file'), Buffer.alloc(size, 'x'));
    expect(readRegularFile(join(root, 'file'), size)).toEqual(Buffer.alloc(size, 'x'));
  });

  it('returns nothing of a file above the limit', () => {
    writeFileSync(join(root, 'file'), 'x'.repeat(11));
    expect(() => readRegularFile(join(root, 'file'), 10)).toThrow('larger than');
  });

  it('counts the bytes read of a file that reports no size', () => {
    if (process.platform !== 'linux') return;
    const text = readFileSync('/proc/self/status');
    expect(readRegularFile('/proc/self/status', 100_000).length).toBeGreaterThan(text.length / 2);
    expect(() => readRegularFile('/proc/self/status', 10)).toThrow('larger than');
  });

  describe('within a workspace', () => {
    const read = (path: string) => String(readRegularFile(join(root, path), 1000, { within: root }));

    it('follows links that stay in it', () => {
      symlinkSync('shared/file', join(root, 'link'));
      symlinkSync('shared', join(root, 'folder'));
      expect([read('shared/file'), read('link'), read('folder/file')]).toEqual(['inside', 'inside', 'inside']);
    });

    it.each([
      ['a link to a file', 'link', '../secret'],
      ['a link with an absolute path', 'link', '/proc/self/environ'],
      ['a file behind a linked folder', 'link/secret', '..'],
      ['a link to a link', 'link', 'shared/out'],
      ['the folder beside it whose name begins alike', 'link', '../workspace-2/secret'],
    ])('reads nothing by %s that leads out', (_, path, target) => {
      mkdirSync(join(folder, 'workspace-2'));
      writeFileSync(join(folder, 'workspace-2/secret'), 'outside');
      symlinkSync('../../secret', join(root, 'shared/out'));
      symlinkSync(target, join(root, 'link'));
      expect(() => read(path)).toThrow('leads out of the workspace');
    });

    it('reports a missing file', () => {
      expect(readOptionalFile(join(root, 'nothing'), 10, { within: root })).toBeUndefined();
      symlinkSync('loop', join(root, 'loop'));
      expect(() => read('loop')).toThrow('leads to itself');
    });
  });

  it('does not follow a link at the path if not allowed', () => {
    symlinkSync('shared/file', join(root, 'link'));
    expect(() => readRegularFile(join(root, 'link'), 10, { follow: false })).toThrow();
  });

  it('does not wait for a pipe', () => {
    spawnSync('mkfifo', [join(root, 'pipe')]);
    expect(() => readRegularFile(join(root, 'pipe'), 10)).toThrow('not a regular file');
  });
});
