import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownMark, startOf } from '@nx-image-matrix/engine/identity';
import { removeTemporaries, replaceFile } from './replace-file.ts';

describe('replaceFile', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'replace-file-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes a file and the folders above it, and nothing else', () => {
    replaceFile(folder, join(folder, 'a/b.json'), '1');
    replaceFile(folder, join(folder, 'a/b.json'), '2');
    expect(readFileSync(join(folder, 'a/b.json'), 'utf8')).toBe('2');
    expect(readdirSync(join(folder, 'a'))).toEqual(['b.json']);
  });

  it('removes the temporary file of a killed process for this file only', () => {
    const left = ['b.json.999999999.tmp', `b.json.${process.ppid}.tmp`, 'c.json.999999999.tmp', 'b.json.x.tmp'];
    for (const name of left) writeFileSync(join(folder, name), 'half');
    removeTemporaries(folder, join(folder, 'b.json'));
    expect(readdirSync(folder).sort()).toEqual(left.slice(1).sort());
  });

  it('checks a process only where its number is valid', () => {
    const { space } = ownMark();
    const pid = process.ppid;
    const start = startOf(pid) ?? 0;
    const kept = [
      // A live process, and two that are unknown here.
      `b.json.${pid}-${start}-${space}.tmp`,
      'b.json.999999999-1-0123456789ab.tmp',
      `b.json.${pid}-${start + 1}-0123456789ab.tmp`,
    ];
    const left = [`b.json.${pid}-${start + 1}-${space}.tmp`, `b.json.999999999-1-${space}.tmp`];
    for (const name of [...kept, ...left]) writeFileSync(join(folder, name), 'half');
    replaceFile(folder, join(folder, 'b.json'), '1');
    expect(readdirSync(folder).sort()).toEqual(['b.json', ...kept].sort());
  });

  it('reports which file cannot be written and why, and leaves no temporary file', () => {
    mkdirSync(join(folder, 'b.json'));
    expect(() => replaceFile(folder, join(folder, 'b.json'), '1')).toThrow(
      `Cannot write ${join(folder, 'b.json')}: there is a folder where a file belongs.`,
    );
    writeFileSync(join(folder, 'file'), '');
    expect(() => replaceFile(folder, join(folder, 'file/b.json'), '1')).toThrow(
      'there is a file where a folder belongs',
    );
    expect(readdirSync(folder).sort()).toEqual(['b.json', 'file']);
  });

  it('writes through no link in the workspace, and replaces a link with a file', () => {
    mkdirSync(join(folder, 'hooks'));
    symlinkSync('hooks', join(folder, 'dist'));
    expect(() => replaceFile(folder, join(folder, 'dist/app/build.json'), '1')).toThrow('dist is a symbolic link');
    expect(readdirSync(join(folder, 'hooks'))).toEqual([]);
    symlinkSync('hooks/build.json', join(folder, 'b.json'));
    replaceFile(folder, join(folder, 'b.json'), '1');
    expect(readdirSync(join(folder, 'hooks'))).toEqual([]);
    expect(readFileSync(join(folder, 'b.json'), 'utf8')).toBe('1');
  });
});
