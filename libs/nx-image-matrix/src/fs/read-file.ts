import { closeSync, fstatSync, openSync, readFileSync, readSync, constants } from 'node:fs';

/** Bytes of a manifest or a `.dockerignore`, beyond anything that people write. */
export const LARGEST_SOURCE = 4_000_000;

/** A file that cannot be used, and why, in words. */
export class UnreadableFile extends Error {}

const reasons: Record<string, string> = {
  EACCES: 'there is no permission to read it',
  EPERM: 'there is no permission to read it',
  ENOENT: 'it is a symbolic link that leads nowhere',
  ELOOP: 'it is a symbolic link that leads to itself',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ENXIO: 'it is no regular file',
  ENAMETOOLONG: 'its path is too long',
};

/** The bytes of a file, and whether anybody may execute it. */
export interface FileOnDisk {
  content: Buffer;
  executable: boolean;
}

/**
 * The bytes of a regular file. A pipe or a device is not even waited for, and what is larger than `limit` bytes is not
 * read.
 * @throws UnreadableFile
 */
export function readRegularFile(path: string, limit: number): Buffer {
  return readFileOnDisk(path, limit).content;
}

/**
 * As `readRegularFile`, with the executable bit.
 * @throws UnreadableFile
 */
export function readFileOnDisk(path: string, limit: number): FileOnDisk {
  let descriptor: number | undefined;
  try {
    // Without this flag, opening a pipe waits for somebody to write into it.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) throw new UnreadableFile(reasons['EISDIR']);
    if (!stats.isFile()) throw new UnreadableFile(reasons['ENXIO']);
    if (stats.size > limit) throw new UnreadableFile(`it is larger than ${limit / 1_000_000} MB`);
    return { content: readAll(descriptor, stats.size), executable: isExecutable(stats) };
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new UnreadableFile(reasons[code] ?? message, { cause: error });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** One read does for a file whose size is known; `readFileSync` asks for the size again. */
function readAll(descriptor: number, size: number): Buffer {
  const content = Buffer.allocUnsafe(size);
  return size > 0 && readSync(descriptor, content, 0, size, 0) === size ? content : readFileSync(descriptor);
}

/** Whether anybody may execute a file. */
export function isExecutable({ mode }: { mode: number }): boolean {
  return (mode & 0o111) !== 0;
}

/** As `readRegularFile`; `undefined` where nothing is. */
export function readOptionalFile(path: string, limit: number): Buffer | undefined {
  try {
    return readRegularFile(path, limit);
  } catch (error) {
    if (((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined;
    throw error;
  }
}
