import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOf } from '@nx-image-matrix/engine';
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

  it('lets one after the other through', async () => {
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

  it('waits for a lock that is just being written, and not for one that never was', async () => {
    leave('');
    const waiting = lock();
    expect(waits).toBe(1);
    utimesSync(path, 0, 0);
    (await waiting)();
    expect(existsSync(path)).toBe(false);
  });

  it('ends its wait when the run is interrupted', async () => {
    leave(other);
    const controller = new AbortController();
    const waiting = lock(controller.signal);
    controller.abort();
    await expect(waiting).rejects.toThrow();
    expect(existsSync(path)).toBe(true);
  });

  it('says why it cannot be written', async () => {
    writeFileSync(join(root, 'dist'), '');
    await expect(lock()).rejects.toThrow(`Cannot write ${path}: a file stands where a folder belongs.`);
  });

  it('is removed when its process is gone, and only then', () => {
    leave(other);
    removeStaleLock(root, folder);
    expect(existsSync(path)).toBe(true);
    leave('999999999 1\n');
    removeStaleLock(root, folder);
    expect(existsSync(path)).toBe(false);
  });
});
