import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeImage } from './write-image.ts';

describe('writeImage', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'write-image-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const files = [
    { path: 'Dockerfile', content: 'FROM scratch\n', executable: false },
    { path: 'bin/start.sh', content: '#!/bin/sh\n', executable: true },
    { path: 'logo.png', content: Buffer.from([0x89, 0x00, 0xff]), executable: false },
  ];

  it('writes files with their content and executable bit, in folders as needed', () => {
    expect(writeImage(folder, files)).toEqual(['Dockerfile', 'bin/start.sh', 'logo.png']);
    expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toBe('FROM scratch\n');
    expect(readFileSync(join(folder, 'logo.png'))).toEqual(Buffer.from([0x89, 0x00, 0xff]));
    expect(statSync(join(folder, 'bin/start.sh')).mode & 0o777).toBe(0o755);
    expect(statSync(join(folder, 'Dockerfile')).mode & 0o777).toBe(0o644);
  });

  it('leaves alone what is there already', () => {
    writeImage(folder, files);
    const before = statSync(join(folder, 'Dockerfile')).mtimeMs;
    const changed = files.map((file) => (file.path === 'logo.png' ? { ...file, content: 'x' } : file));
    expect(writeImage(folder, changed)).toEqual(['logo.png']);
    expect(statSync(join(folder, 'Dockerfile')).mtimeMs).toBe(before);
    expect(writeImage(folder, changed)).toEqual([]);
  });

  it('changes nothing when one of the files cannot be written, and names it', () => {
    writeFileSync(join(folder, 'Dockerfile'), 'FROM old\n');
    writeFileSync(join(folder, 'bin'), 'a file where a folder belongs');
    expect(() => writeImage(folder, files)).toThrow(/bin.*file stands where a folder belongs/s);
    expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toBe('FROM old\n');
    expect(readdirSync(folder).sort()).toEqual(['Dockerfile', 'bin']);
  });

  it('changes nothing when a folder stands where a file belongs', () => {
    mkdirSync(join(folder, 'logo.png'));
    expect(() => writeImage(folder, files)).toThrow(/folder stands where a file belongs/);
    expect(existsSync(join(folder, 'Dockerfile'))).toBe(false);
  });

  it('leaves no new folder behind when a file cannot be written', () => {
    const tooLong = [...files, { path: `${'x'.repeat(300)}/y`, content: '', executable: false }];
    expect(() => writeImage(join(folder, 'app/debian12/base'), tooLong)).toThrow(/Nothing of this image was changed/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('clears away what a killed process left, whether or not there is something to write', () => {
    for (const round of [1, 2]) {
      mkdirSync(join(folder, 'bin'), { recursive: true });
      for (const path of ['', 'bin/']) writeFileSync(join(folder, `${path}.nx-image-matrix-999999999-0.tmp`), 'half');
      expect(writeImage(folder, files)).toHaveLength(round === 1 ? files.length : 0);
      expect(readdirSync(folder).sort()).toEqual(['Dockerfile', 'bin', 'logo.png']);
      expect(readdirSync(join(folder, 'bin'))).toEqual(['start.sh']);
    }
  });
});
