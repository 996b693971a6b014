import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why no disk can be mounted here; `undefined` if one can. */
export function whyNoTmpfs(): string | undefined {
  return process.getuid?.() === 0 ? undefined : 'mounting a small disk needs root';
}

/** Mounts an empty disk of that size (`64m`); the returned function unmounts it. */
export function mountTmpfs(folder: string, size: string): () => void {
  mkdirSync(folder, { recursive: true });
  command('mount', '-t', 'tmpfs', '-o', `size=${size},mode=0755`, 'tmpfs', folder);
  return () => command('umount', '--lazy', folder);
}

/** Mounts a disk with space for folders, but for no other file. */
export function mountFullDisk(folder: string): () => void {
  const unmount = mountTmpfs(folder, '4k');
  writeFileSync(join(folder, 'full'), Buffer.alloc(4096));
  return unmount;
}

function command(name: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(name, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} ${args.join(' ')}: ${stderr}`);
}
