import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArchiveIndex } from './archive-index.ts';
import { firstEntry } from './tar-entry.ts';

const long = 'x'.repeat(180);
const folder = mkdtempSync(join(tmpdir(), 'tar-'));
mkdirSync(join(folder, 'usr/bin'), { recursive: true });
writeFileSync(join(folder, 'usr/bin/tool'), 'content', { mode: 0o755 });
writeFileSync(join(folder, long), 'y'.repeat(2_000), { mode: 0o600 });
symlinkSync('usr/bin', join(folder, 'bin'));
symlinkSync(`/${long}`, join(folder, 'far'));
symlinkSync('loop', join(folder, 'loop'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function tar(format: string, path: string): Buffer {
  return spawnSync('tar', ['--format', format, '-C', folder, '-c', path]).stdout;
}

describe.each(['gnu', 'pax', 'ustar'])('an archive in the format %s', (format) => {
  it('has the attributes of its first file', () => {
    const archive = tar(format, 'usr/bin/tool');
    const entry = firstEntry(archive)!;
    expect(entry).toMatchObject({ kind: 'file', mode: 0o755, size: 7, uid: process.getuid!() });
    expect(archive.toString('utf8', entry.start, entry.start + entry.size)).toBe('content');
    expect(firstEntry(tar(format, 'bin'))).toMatchObject({ kind: 'link', target: 'usr/bin' });
    expect(firstEntry(tar(format, 'usr'))).toMatchObject({ kind: 'folder' });
  });

  it('is indexed whatever the parts in which it arrives', () => {
    if (format === 'ustar') return;
    const archive = tar(format, '.');
    for (const size of [1_000_000, 700, 13]) {
      const index = new ArchiveIndex();
      for (let at = 0; at < archive.length; at += size) index.add(archive.subarray(at, at + size));
      expect(index.find('/bin')).toMatchObject({ kind: 'link' });
      expect(index.find('/bin/tool')).toMatchObject({ kind: 'file', mode: 0o755 });
      expect(index.find(`/${long}`)).toMatchObject({ kind: 'file', mode: 0o600, size: 2_000 });
      expect(index.find('/far')).toMatchObject({ kind: 'link', target: `/${long}` });
      expect(index.find('/')).toMatchObject({ kind: 'folder' });
      expect([index.find('/nothing'), index.find('/loop/x')]).toEqual([undefined, undefined]);
    }
  });
});

it.each([0, 1, 511, 512, 600])('a beginning of %d bytes has none, and never throws', (length) => {
  expect(firstEntry(Buffer.alloc(length, 0xff))?.kind).toBeUndefined();
  expect(firstEntry(Buffer.alloc(length))).toBeUndefined();
});
