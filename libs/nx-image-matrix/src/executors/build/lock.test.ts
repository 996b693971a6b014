import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ownMark, startOf } from '@nx-image-matrix/engine';
import { buildSync } from 'esbuild';
import type { ImageFolder } from '../../workspace/image-folders.ts';
import { lockImage, removeStaleLock } from './lock.ts';

/** A process that lives as long as this test. */
const other = `${process.ppid} ${startOf(process.ppid) ?? 0}\n`;
const folder = { root: 'docker/app' } as ImageFolder;

describe('lockImage', () => {
  let root: string;
  let path: string;
  let waits: number;
  const lock = (signal = new AbortController().signal) =>
    lockImage(root, folder, { signal, onWait: () => (waits += 1) });
  const leave = (content: string) => {
    mkdirSync(join(root, 'dist/docker/app'), { recursive: true });
    writeFileSync(path, content);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'lock-'));
    path = join(root, 'dist/docker/app/build.lock');
    waits = 0;
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('lets runs through one at a time', async () => {
    const release = await lock();
    const second = lock();
    expect(await Promise.race([second, sleep(300, 'waiting')])).toBe('waiting');
    release();
    (await second)();
    expect([waits, existsSync(path)]).toEqual([1, false]);
  });

  it.each([['999999999 1\n'], [`${process.ppid} 1\n`]])(
    'does not wait for a process that is gone: %j',
    async (owner) => {
      leave(owner);
      (await lock())();
      expect([waits, existsSync(path)]).toEqual([0, false]);
    },
  );

  it('waits for a lock that is being written, but not for one that was never completed', async () => {
    leave('');
    const waiting = lock();
    expect(waits).toBe(1);
    utimesSync(path, 0, 0);
    (await waiting)();
    expect(existsSync(path)).toBe(false);
  });

  it('stops waiting if the run is interrupted', async () => {
    leave(other);
    const controller = new AbortController();
    const waiting = lock(controller.signal);
    controller.abort();
    await expect(waiting).rejects.toThrow();
    expect(existsSync(path)).toBe(true);
  });

  it('says why it cannot be written', async () => {
    writeFileSync(join(root, 'dist'), '');
    await expect(lock()).rejects.toThrow(`Cannot write ${path}: there is a file where a folder belongs.`);
  });

  it('is removed only if its process has ended', () => {
    leave(other);
    removeStaleLock(root, folder);
    expect(existsSync(path)).toBe(true);
    leave('999999999 1\n');
    removeStaleLock(root, folder);
    expect(existsSync(path)).toBe(false);
  });

  it('stays if another process has taken it', async () => {
    const release = await lock();
    leave(other);
    release();
    expect(readFileSync(path, 'utf8')).toBe(other);
  });

  describe('of a process that cannot be seen from here', () => {
    const { pid, start } = ownMark();
    // The number of each is used by a process here or not; neither says anything about the owner.
    const owners = [
      `${pid} ${start} 0123456789ab\n`,
      `1 ${startOf(1) ?? 0} 0123456789ab\n`,
      '999999999 1 0123456789ab\n',
    ];
    const silently = () =>
      lockImage(root, folder, { signal: AbortSignal.timeout(20_000), onWait: () => (waits += 1), silence: 600 });

    it.each(owners)('is waited for only while it gives signs of life: %j', async (owner) => {
      leave(owner);
      const taken = silently();
      for (let beat = 1; beat <= 6; beat++) {
        utimesSync(path, beat, beat);
        expect(await Promise.race([taken, sleep(300, 'waiting')])).toBe('waiting');
      }
      (await taken)();
      expect([waits, existsSync(path)]).toEqual([1, false]);
    });

    it('is not removed by others', () => {
      leave(owners[0]!);
      removeStaleLock(root, folder);
      expect(existsSync(path)).toBe(true);
    });
  });

  const hasNamespaces = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;
  (hasNamespaces ? describe : describe.skip)('in another PID namespace', () => {
    let owner: ChildProcess;
    afterEach(() => owner.kill('SIGKILL'));

    it('is kept by a sign of life, and ends with its process', async () => {
      const program = join(root, 'owner.cjs');
      buildSync({
        entryPoints: [fileURLToPath(new URL('lock.ts', import.meta.url))],
        bundle: true,
        platform: 'node',
        format: 'iife',
        globalName: 'bundle',
        outfile: program,
        logLevel: 'error',
      });
      const call = `bundle.lockImage(${JSON.stringify(root)}, { root: 'docker/app' }, {
        signal: new AbortController().signal, onWait() {} }).then(() => { console.log(process.pid); setInterval(() => {}, 1e6); });`;
      writeFileSync(program, `${readFileSync(program, 'utf8')}\n${call}`);
      owner = spawn('unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', process.execPath, program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [output] = (await once(owner.stdout!, 'data')) as [Buffer];
      // The number of another process here.
      expect(String(output)).toBe('1\n');
      const silent = lockImage(root, folder, {
        signal: AbortSignal.timeout(30_000),
        onWait: () => (waits += 1),
        silence: 4_000,
      });
      expect(await Promise.race([silent, sleep(6_000, 'waiting')])).toBe('waiting');
      owner.kill('SIGKILL');
      (await silent)();
      expect([waits, existsSync(path)]).toEqual([1, false]);
    }, 60_000);
  });
});
