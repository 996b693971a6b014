import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContextReader } from '../build-context/context-files.ts';
import { LARGEST_GENERATED } from '../fs/read-file.ts';
import type { ImageFolder } from '../workspace/image-folders.ts';
import { readDocument, readImageFiles } from './image-files.ts';
import { readRecord } from './record.ts';

const image = {
  project: 'app',
  root: 'docker/app',
  contextDir: '',
  files: ['Dockerfile', 'Dockerfile.dockerignore', 'image.json', 'motd'],
} as Partial<ImageFolder> as ImageFolder;

let above: string;
let root: string;
beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), 'image-files-'));
  root = join(above, 'workspace');
  mkdirSync(join(root, image.root), { recursive: true });
  for (const name of image.files) writeFileSync(join(root, image.root, name), '{}');
  writeFileSync(join(above, 'secret'), '{"token": "secret"}');
});
afterEach(() => rmSync(above, { recursive: true, force: true }));

const readAll = () => readImageFiles(root, image, createContextReader(), ['nothing']);

describe.each(image.files.filter((name) => name !== 'image.json'))('%s', (name) => {
  const path = (): string => join(root, image.root, name);

  it.each<[what: string, change: () => void, message: RegExp]>([
    ['is missing', () => {}, /cannot be read; the docker-generate target of app writes it/],
    ['is a folder', () => mkdirSync(path()), /cannot be read: it is a folder;/],
    ['is a pipe', () => spawnSync('mkfifo', [path()]), /cannot be read: it is not a regular file;/],
    ['leads out of the workspace', () => symlinkSync('../../../secret', path()), /leads out of the workspace/],
    [
      'is endless',
      () => {
        writeFileSync(path(), '');
        truncateSync(path(), LARGEST_GENERATED + 1);
      },
      /it is larger than 40 MB/,
    ],
  ])('is not used if it %s', async (_, change, message) => {
    rmSync(path());
    change();
    await expect(readAll()).rejects.toThrow(message);
  });
});

it('of an image are its build inputs', async () => {
  const { files } = await readAll();
  expect(files.map((file) => [file.path, String(file.content)])).toEqual([
    ['Dockerfile', '{}'],
    ['motd', '{}'],
  ]);
});

it('image.json that leads out of the workspace is not read', () => {
  rmSync(join(root, image.root, 'image.json'));
  symlinkSync('../../../secret', join(root, image.root, 'image.json'));
  expect(() => readDocument(root, image)).toThrow(/leads out of the workspace/);
});

it('a record that leads out of the workspace is ignored', () => {
  const record = { imageId: 'a', buildId: 'b', reference: 'c', pushed: {} };
  const folder = join(root, 'dist', image.root);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(above, 'build.json'), JSON.stringify(record));
  writeFileSync(join(folder, 'build.json'), JSON.stringify(record));
  expect(readRecord(root, image)).toEqual(record);
  rmSync(join(folder, 'build.json'));
  symlinkSync('../../../../build.json', join(folder, 'build.json'));
  expect(readRecord(root, image)).toBeUndefined();
});
