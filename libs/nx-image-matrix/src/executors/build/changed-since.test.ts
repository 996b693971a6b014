import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImageFolder } from '../../workspace/image-folders.ts';
import { changedSince } from './changed-since.ts';
import { BuildPlanner } from '../../build-plan/plan.ts';

const folder = {
  project: 'app',
  root: 'docker/app',
  manifest: 'manifest.yml',
  contextDir: '',
  reference: 'app:1',
  files: ['Dockerfile', 'Dockerfile.dockerignore', 'image.json'],
} as ImageFolder;

describe('changedSince', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'changed-since-'));
    write('docker/app/Dockerfile', 'FROM scratch\nCOPY . /\n');
    write('docker/app/Dockerfile.dockerignore', '');
    const document = { package: 'app', baseImage: 'scratch', reference: 'app:1', args: {}, platforms: [], labels: {} };
    write('docker/app/image.json', JSON.stringify(document));
    write('src/main.ts', '1\n');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const plan = () => new BuildPlanner(root, new Map([['app', folder]]), ['linux/amd64']).plan(folder);

  it.each<[what: string, change: () => void, names: string[]]>([
    ['a copied file that was edited', () => write('src/main.ts', '2\n'), ['src/main.ts']],
    ['a copied file that is new', () => write('src/more.ts', ''), ['src/more.ts']],
    ['a copied file that is gone', () => rmSync(join(root, 'src/main.ts')), ['src/main.ts']],
    ['the Dockerfile', () => write('docker/app/Dockerfile', 'FROM scratch\n'), ['Dockerfile', 'docker/app/Dockerfile']],
  ])('names %s', async (_, change, names) => {
    const before = await plan();
    change();
    expect(await changedSince(root, before)).toEqual(names);
  });

  it('finds nothing if only files that a run itself writes have changed', async () => {
    const before = await plan();
    for (const path of ['.nx/workspace-data/x.db', '.git/index', 'dist/docker/app/build.lock']) write(path, 'x');
    expect(await changedSince(root, before)).toEqual([]);
  });

  it('finds nothing if a file is only being restored', async () => {
    const before = await plan();
    rmSync(join(root, 'docker/app/Dockerfile'));
    const changed = changedSince(root, before);
    await sleep(100);
    write('docker/app/Dockerfile', 'FROM scratch\nCOPY . /\n');
    expect(await changed).toEqual([]);
  });
});
