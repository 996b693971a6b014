import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownMark } from '@nx-image-matrix/engine/identity';
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
    expect(writeImage(folder, folder, files)).toEqual(['Dockerfile', 'bin/start.sh', 'logo.png']);
    expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toBe('FROM scratch\n');
    expect(readFileSync(join(folder, 'logo.png'))).toEqual(Buffer.from([0x89, 0x00, 0xff]));
    expect(statSync(join(folder, 'bin/start.sh')).mode & 0o777).toBe(0o755);
    expect(statSync(join(folder, 'Dockerfile')).mode & 0o777).toBe(0o644);
  });

  it('does not touch existing files', () => {
    writeImage(folder, folder, files);
    const before = statSync(join(folder, 'Dockerfile')).mtimeMs;
    const changed = files.map((file) => (file.path === 'logo.png' ? { ...file, content: 'x' } : file));
    expect(writeImage(folder, folder, changed)).toEqual(['logo.png']);
    expect(statSync(join(folder, 'Dockerfile')).mtimeMs).toBe(before);
    expect(writeImage(folder, folder, changed)).toEqual([]);
  });

  it('changes nothing if a file cannot be written, and names it', () => {
    writeFileSync(join(folder, 'Dockerfile'), 'FROM old\n');
    writeFileSync(join(folder, 'bin'), 'a file where a folder belongs');
    expect(() => writeImage(folder, folder, files)).toThrow(/bin.*there is a file where a folder belongs/s);
    expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toBe('FROM old\n');
    expect(readdirSync(folder).sort()).toEqual(['Dockerfile', 'bin']);
  });

  it("changes nothing if a file's path is a folder", () => {
    mkdirSync(join(folder, 'logo.png'));
    expect(() => writeImage(folder, folder, files)).toThrow(/there is a folder where a file belongs/);
    expect(existsSync(join(folder, 'Dockerfile'))).toBe(false);
  });

  it('leaves no new folder behind if a file cannot be written', () => {
    const tooLong = [...files, { path: `${'x'.repeat(300)}/y`, content: '', executable: false }];
    expect(() => writeImage(folder, join(folder, 'app/debian12/base'), tooLong)).toThrow(
      /Nothing of this image was changed/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('removes temporary files of a killed process, whether or not there is something to write', () => {
    for (const round of [1, 2]) {
      mkdirSync(join(folder, 'bin'), { recursive: true });
      for (const path of ['', 'bin/']) writeFileSync(join(folder, `${path}.nx-image-matrix-999999999-0.tmp`), 'half');
      expect(writeImage(folder, folder, files)).toHaveLength(round === 1 ? files.length : 0);
      expect(readdirSync(folder).sort()).toEqual(['Dockerfile', 'bin', 'logo.png']);
      expect(readdirSync(join(folder, 'bin'))).toEqual(['start.sh']);
    }
  });

  it('keeps files that a process of another container may be writing', () => {
    const foreign = '.nx-image-matrix-999999999-1-0123456789ab-0.tmp';
    const left = `.nx-image-matrix-999999999-1-${ownMark().space}-0.tmp`;
    for (const name of [foreign, left]) writeFileSync(join(folder, name), 'half');
    writeImage(folder, folder, files);
    expect(readdirSync(folder).sort()).toEqual([foreign, 'Dockerfile', 'bin', 'logo.png'].sort());
  });

  describe('with an image.json', () => {
    const document = (list: string[]) => ({
      path: 'image.json',
      content: JSON.stringify({ manifest: 'manifest.yml', folder: 'docker/x', files: list }),
      executable: false,
    });
    const withStart = [...files, document(['Dockerfile', 'bin/start.sh', 'image.json'])];
    const without = [files[0]!, document(['Dockerfile', 'image.json'])];

    it('removes obsolete files that it wrote, and nothing else', () => {
      writeImage(folder, folder, withStart);
      writeFileSync(join(folder, 'project.json'), '{}');
      writeImage(folder, folder, without);
      expect(readdirSync(folder).sort()).toEqual(['Dockerfile', 'image.json', 'logo.png', 'project.json']);
    });

    it('keeps a folder that contains something else', () => {
      writeImage(folder, folder, withStart);
      writeFileSync(join(folder, 'bin/own.sh'), '');
      writeImage(folder, folder, without);
      expect(readdirSync(join(folder, 'bin'))).toEqual(['own.sh']);
    });

    it('removes nothing through a link', () => {
      mkdirSync(join(folder, 'image'));
      mkdirSync(join(folder, 'outside'));
      writeFileSync(join(folder, 'outside/start.sh'), 'mine');
      symlinkSync('../outside', join(folder, 'image/bin'));
      writeFileSync(join(folder, 'image/image.json'), withStart.at(-1)!.content);
      writeImage(folder, join(folder, 'image'), without);
      expect(readFileSync(join(folder, 'outside/start.sh'), 'utf8')).toBe('mine');
    });
  });

  it.each([
    ['the image folder', 'image', 'outside'],
    ['a folder in it', 'image/bin', '../outside'],
    ['a folder above it', 'image', '.git/hooks'],
  ])('writes nothing through a link that is %s, even within the workspace', (_, link, target) => {
    for (const path of ['outside', '.git/hooks']) mkdirSync(join(folder, path), { recursive: true });
    if (link.includes('/')) mkdirSync(join(folder, 'image'));
    symlinkSync(target, join(folder, link));
    expect(() => writeImage(folder, join(folder, 'image'), files)).toThrow(`${link} is a symbolic link`);
    expect([...readdirSync(join(folder, 'outside')), ...readdirSync(join(folder, '.git/hooks'))]).toEqual([]);
    // Nor is it up to date once the files exist.
    for (const { path, content } of files) {
      mkdirSync(join(folder, 'image', path, '..'), { recursive: true });
      writeFileSync(join(folder, 'image', path), content);
    }
    expect(() => writeImage(folder, join(folder, 'image'), files)).toThrow(`${link} is a symbolic link`);
  });

  it('replaces a link with a file', () => {
    writeFileSync(join(folder, 'precious'), 'mine');
    mkdirSync(join(folder, 'image'));
    symlinkSync('../precious', join(folder, 'image/Dockerfile'));
    writeImage(folder, join(folder, 'image'), files);
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('mine');
    expect(readFileSync(join(folder, 'image/Dockerfile'), 'utf8')).toBe('FROM scratch\n');
  });
});
