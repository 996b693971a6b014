import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RenderedFile } from '@nx-image-matrix/templates';
import { sha256, type GeneratedFile } from './generate-image.ts';

/** Whether a folder holds all the given files with just that content. Other files in it are not looked at. */
export function isOnDisk(folder: string, files: readonly GeneratedFile[]): boolean {
  return files.every(({ path, hash, executable }) => {
    try {
      return sha256(readFileSync(join(folder, path))) === hash && (!executable || isExecutable(join(folder, path)));
    } catch {
      return false;
    }
  });
}

/** Whether a file has that content and that executable bit; where a path cannot be read, it has not. */
export function isFileOnDisk(path: string, { content, executable }: RenderedFile): boolean {
  try {
    const found = readFileSync(path);
    if (!found.equals(typeof content === 'string' ? Buffer.from(content) : content)) return false;
    return !executable || isExecutable(path);
  } catch {
    return false;
  }
}

function isExecutable(path: string): boolean {
  return process.platform === 'win32' || (statSync(path).mode & 0o111) !== 0;
}
