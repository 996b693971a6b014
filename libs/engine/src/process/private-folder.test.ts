import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { makePrivateFolder, removeStaleFolders } from './private-folder.ts';

let folder: string;
beforeEach(() => {
  folder = makePrivateFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The name of a folder of another process. */
function named(pid: number | undefined, start?: string): string {
  const [own, ownStart] = basename(folder).replace('nx-image-matrix-', '').split('-');
  return folder.replace(`${own}-${ownStart}`, `${pid}-${start ?? ownStart}`);
}

describe('a private folder', () => {
  it('is for this user only', () => {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('stays as long as its process runs', () => {
    removeStaleFolders();
    expect(existsSync(folder)).toBe(true);
  });

  it('is removed by the next one if its process has ended', () => {
    const stale = named(spawnSync('true').pid);
    mkdirSync(join(stale, 'auth'), { recursive: true });
    const next = makePrivateFolder();
    expect(existsSync(stale)).toBe(false);
    rmSync(next, { recursive: true });
  });

  it('is removed if its number was reused by another process', () => {
    const other = spawn('sleep', ['60']);
    const stale = named(other.pid, '1');
    mkdirSync(stale);
    removeStaleFolders();
    expect(existsSync(stale)).toBe(false);
    other.kill();
  });

  it('does not remove other folders, and the target of a link', () => {
    const target = mkdtempSync(join(tmpdir(), 'private-folder-test-'));
    writeFileSync(join(target, 'kept'), '');
    const others = [join(tmpdir(), `nx-image-matrix-other-${process.pid}`), `${named(1, '1')}.file`];
    for (const path of others) writeFileSync(path, '');
    spawnSync('ln', ['-s', target, named(1, '2')]);
    removeStaleFolders();
    for (const path of others) expect(existsSync(path)).toBe(true);
    expect(readdirSync(target)).toEqual(['kept']);
    for (const path of [...others, named(1, '2'), target]) rmSync(path, { recursive: true, force: true });
  });
});

describe('a folder for temporary files that cannot be used', () => {
  const { TMPDIR } = process.env;
  afterEach(() => {
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
  });

  it.each<[string, (path: string) => void, string]>([
    ['is missing', () => {}, 'it does not exist'],
    ['is a file', (path) => writeFileSync(path, ''), 'it is not a folder'],
    ['leads nowhere', (path) => symlinkSync('nowhere', path), 'it does not exist'],
  ])('is named with its variable if it %s', (_, make, reason) => {
    const path = join(folder, 'tmp');
    make(path);
    process.env['TMPDIR'] = path;
    expect(() => makePrivateFolder(path)).toThrow(
      `No temporary folder can be made in ${path}, which TMPDIR names: ${reason}. ` +
        'Make that folder one that you may write to, or set TMPDIR to another.',
    );
  });
});
