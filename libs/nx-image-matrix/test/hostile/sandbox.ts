import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** A workspace in a folder, next to something that must not be touched. */
export class Sandbox {
  /** Contains the workspace and the folder `outside`. */
  readonly folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  readonly root = join(this.folder, 'workspace');
  readonly outside = join(this.folder, 'outside');

  constructor(files: Record<string, Buffer | string>) {
    chmodSync(this.folder, 0o755);
    mkdirSync(this.root);
    mkdirSync(this.outside);
    writeFileSync(join(this.outside, 'precious.txt'), 'precious\n');
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  /** Relative to the workspace. */
  path(path: string): string {
    return join(this.root, path);
  }

  write(path: string, content: Buffer | string): void {
    const target = this.path(path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }

  /** A named pipe: reading it blocks for ever. */
  pipe(path: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    rmSync(this.path(path), { force: true });
    execFileSync('mkfifo', [this.path(path)]);
  }

  /** Mounts a full disk of 64 kB at a folder; returns a function that unmounts it. */
  fullDisk(path: string): () => void {
    const target = this.path(path);
    mkdirSync(target, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=0777', 'tmpfs', target]);
    try {
      writeFileSync(join(target, 'filler'), Buffer.alloc(1 << 20));
    } catch {
      // Filling the disk is the purpose.
    }
    return () => execFileSync('umount', [target]);
  }

  /** Mounts a read-only file system at a folder; returns a function that unmounts it. */
  readOnlyDisk(path: string): () => void {
    const target = this.path(path);
    mkdirSync(target, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=64k', 'tmpfs', target]);
    return () => execFileSync('umount', [target]);
  }

  /** Everything except the output folder and Nx's own, one line each, with the values that a change would alter. */
  listing(outputDir = 'docker'): string[] {
    const own = new Set([join(this.root, outputDir), join(this.root, '.nx')]);
    const lines: string[] = [];
    const visit = (path: string): void => {
      const stats = lstatSync(path);
      const type = stats.mode & 0o170000;
      const link = stats.isSymbolicLink() ? readlinkSync(path) : '';
      // A folder changes when a file in it does, which is reported itself.
      const version = stats.isDirectory() ? '' : `${stats.size} ${stats.mtimeMs} ${stats.ino}`;
      lines.push(`${relative(this.folder, path)} ${type} ${link} ${version}`);
      if (stats.isDirectory() && !own.has(path)) for (const name of readdirSync(path)) visit(join(path, name));
    };
    visit(this.folder);
    return lines.filter((line) => ![...own].some((path) => line.startsWith(`${relative(this.folder, path)} `))).sort();
  }

  /** Temporary files of the plugin in the output folder. */
  leftovers(outputDir = 'docker'): string[] {
    if (!lstatSync(this.path(outputDir), { throwIfNoEntry: false })?.isDirectory()) return [];
    return readdirSync(this.path(outputDir), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.tmp'),
    );
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
