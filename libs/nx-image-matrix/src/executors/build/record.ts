import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isRunning } from '../../matrix/write-image.ts';
import type { ImageFolder } from '../../workspace/image-folders.ts';

/** What `dist/<project root>/build.json` holds. */
export interface BuildRecord {
  reference: string;
  tags: string[];
  imageId: string;
  buildId: string;
  /** Bytes, where the engine tells. */
  size: number | null;
  platform: string | null;
  /** Milliseconds. */
  duration: number;
  engine: string;
  /** What made the build necessary. */
  reason: string;
  /** When the build ended, ISO 8601. */
  builtAt: string;
  ingredients: Record<string, string>;
  /** Pushed references with the digests that the registry gave. */
  pushed: Record<string, string>;
}

/** The record of the last build of an image; `undefined` when there is none, or it cannot be read as one. */
export function readRecord(workspaceRoot: string, folder: ImageFolder): BuildRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(recordPath(workspaceRoot, folder), 'utf8')) as BuildRecord;
    return typeof record.imageId === 'string' && typeof record.buildId === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the record of an image in one step. */
export function writeRecord(workspaceRoot: string, folder: ImageFolder, record: BuildRecord): void {
  const path = recordPath(workspaceRoot, folder);
  const temporary = `${path}.${process.pid}.tmp`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Removes what a process has left that was killed while it wrote the record of an image. */
export function removeStaleRecords(workspaceRoot: string, folder: ImageFolder): void {
  const path = recordPath(workspaceRoot, folder);
  const temporary = new RegExp(String.raw`^${basename(path)}\.(\d+)\.tmp$`);
  let names: string[];
  try {
    names = readdirSync(dirname(path));
  } catch {
    return;
  }
  for (const name of names) {
    const pid = temporary.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(dirname(path), name), { force: true });
  }
}

function recordPath(workspaceRoot: string, folder: ImageFolder): string {
  return join(workspaceRoot, 'dist', folder.root, 'build.json');
}
