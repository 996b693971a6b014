import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { contextFiles, createContextReader } from './context-files.ts';

let context: string;

beforeEach(() => {
  context = mkdtempSync(join(tmpdir(), 'context-files-'));
});

afterEach(() => {
  chmodSync(context, 0o700);
  rmSync(context, { recursive: true, force: true });
});

function write(path: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(join(context, path)), { recursive: true });
  writeFileSync(join(context, path), content);
  chmodSync(join(context, path), mode);
}

const paths = async (dockerignore: string): Promise<string[]> =>
  (await contextFiles(context, dockerignore)).map(({ path }) => path);

describe('contextFiles', () => {
  it('lists the files that the dockerignore includes, sorted by path, with mode and digest', async () => {
    write('tools/b.sh', 'b', 0o755);
    write('tools/Z.sh', 'z');
    write('tools/a/c.sh', '');
    write('other.txt', '');
    expect(await contextFiles(context, '*\n!tools')).toEqual([
      { path: 'tools/Z.sh', mode: 0o644, digest: expect.stringMatching(/^sha256:594e519a/) },
      { path: 'tools/a/c.sh', mode: 0o644, digest: expect.stringMatching(/^sha256:e3b0c442/) },
      { path: 'tools/b.sh', mode: 0o755, digest: expect.stringMatching(/^sha256:3e23e816/) },
    ]);
  });

  it('hashes the target path of a symbolic link, whether or not it exists', async () => {
    write('a/file', 'x');
    symlinkSync('file', join(context, 'a/link'));
    symlinkSync('/nowhere', join(context, 'a/dangling'));
    symlinkSync('../a', join(context, 'a/folder'));
    expect(await contextFiles(context, '')).toEqual([
      { path: 'a/dangling', mode: 0, digest: expect.any(String), link: '/nowhere' },
      { path: 'a/file', mode: 0o644, digest: expect.any(String) },
      { path: 'a/folder', mode: 0, digest: expect.any(String), link: '../a' },
      { path: 'a/link', mode: 0, digest: expect.any(String), link: 'file' },
    ]);
  });

  it.each([0o022, 0o002, 0o077, 0o000])(
    'counts what git keeps of permissions, whatever the umask: %o',
    async (umask) => {
      write('a', 'a', 0o666 & ~umask);
      write('b', 'b', 0o777 & ~umask);
      chmodSync(context, 0o777 & ~umask);
      expect((await contextFiles(context, '')).map(({ path, mode }) => [path, mode])).toEqual([
        ['a', 0o644],
        ['b', 0o755],
      ]);
    },
  );

  it.each<[source: string, paths: string[]]>([
    ['file', ['file', 'real/b']],
    ['chain', ['chain', 'file', 'real/b']],
    ['folder', ['folder', 'real/b', 'real/inner', 'real/x.txt']],
    ['folder/b', ['folder', 'real/b']],
    ['absolute', ['absolute', 'real/b']],
    ['f*', ['file', 'folder', 'real/b', 'real/inner', 'real/x.txt']],
    ['fo*/*.txt', ['folder', 'real/x.txt']],
    ['real', ['real/b', 'real/inner', 'real/x.txt']],
    ['out', ['out', 'real/b']],
    ['loop', ['loop']],
    ['dangling', ['dangling']],
  ])('follows the links on the way to a copied %s', async (source, expected) => {
    write('real/b', 'b');
    write('real/x.txt', 'x');
    write('other', '');
    const links = {
      file: 'real/b',
      chain: './file',
      folder: 'real',
      absolute: '/real/b',
      'real/inner': '../other',
      out: '../../real/b',
      loop: 'loop',
      dangling: 'nowhere',
    };
    for (const [path, target] of Object.entries(links)) symlinkSync(target, join(context, path));
    expect((await contextFiles(context, '', [source])).map(({ path }) => path)).toEqual(expected);
  });

  it('does not read excluded folders', async () => {
    write('node_modules/.keep', '');
    write('tools/a.sh', '');
    rmSync(join(context, 'node_modules'), { recursive: true });
    symlinkSync('/', join(context, 'node_modules'));
    expect(await paths('*\n!tools/a.sh')).toEqual(['tools/a.sh']);
  });

  it('reads an excluded folder with an exception in it', async () => {
    write('node_modules/x/keep.txt', '');
    write('node_modules/x/drop.txt', '');
    expect(await paths('node_modules\n!node_modules/x/keep.txt')).toEqual(['node_modules/x/keep.txt']);
  });

  it('names a context that cannot be read', async () => {
    await expect(contextFiles(join(context, 'missing'), '')).rejects.toMatchObject({
      code: 'command-failed',
      message: expect.stringContaining(join(context, 'missing')),
    });
  });
});

describe('createContextReader', () => {
  it('detects that a file has changed since it was hashed', async () => {
    const reader = createContextReader();
    write('a', '1');
    const before = await reader.files(context, '');
    expect(await reader.files(context, '')).toEqual(before);
    write('a', '2');
    expect(await reader.files(context, '')).not.toEqual(before);
  });

  it('hashes a file once, even if a thousand images copy it', async () => {
    write('big', 'x'.repeat(8 * 1024 * 1024));
    const reader = createContextReader();
    const started = process.cpuUsage();
    await Promise.all(Array.from({ length: 1000 }, () => reader.files(context, '*\n!big')));
    // Hashing 8 GB would take many seconds of work, however busy the machine is.
    expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
  });
});
