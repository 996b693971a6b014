import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { codeOf, messageOf } from '@nx-image-matrix/engine/unknown';
import { liesWithin } from './links.ts';

/** Bytes of a manifest or a `.dockerignore`, beyond anything that people write. */
export const LARGEST_SOURCE = 4_000_000;

/** Bytes of a generated file: a template renders ten million characters at most, and copies no larger file. */
export const LARGEST_GENERATED = 40_000_000;

/** A file that cannot be used, and why, in words. */
export class UnreadableFile extends Error {
  /** Whether nothing has that path, or a link to nowhere has. */
  get isMissing(): boolean {
    return codeOf(this.cause) === 'ENOENT';
  }
}

const reasons: Record<string, string> = {
  EACCES: 'there is no permission to read it',
  EPERM: 'there is no permission to read it',
  ENOENT: 'it is a symbolic link that leads nowhere',
  ELOOP: 'it is a symbolic link that leads to itself',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is not a folder',
  ENXIO: 'it is not a regular file',
  ENAMETOOLONG: 'its path is too long',
};

/** The bytes of a file, and whether anybody may execute it. */
export interface FileOnDisk {
  content: Buffer;
  executable: boolean;
}

/** Where a path may lead. */
export interface Bounds {
  /** Whether a symbolic link may have the path itself. Default: true. */
  follow?: boolean;
  /** The folder that the file has to lie in, wherever links lead; by default any. */
  within?: string;
}

/**
 * The bytes of a regular file. A pipe or a device is not even waited for, and no more than `limit` bytes are read,
 * whatever size the file is said to have.
 * @throws UnreadableFile
 */
export function readRegularFile(path: string, limit: number, bounds?: Bounds): Buffer {
  return readFileOnDisk(path, limit, bounds).content;
}

/**
 * As `readRegularFile`, with the executable bit.
 * @throws UnreadableFile
 */
export function readFileOnDisk(path: string, limit: number, { follow = true, within }: Bounds = {}): FileOnDisk {
  let descriptor: number | undefined;
  try {
    if (within !== undefined && !liesWithin(within, path)) throw new UnreadableFile(leadsOut);
    // Without this flag, opening a pipe waits for somebody to write into it.
    const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (follow ? 0 : (constants.O_NOFOLLOW ?? 0));
    descriptor = openSync(path, flags);
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) throw new UnreadableFile(reasons['EISDIR']);
    if (!stats.isFile()) throw new UnreadableFile(reasons['ENXIO']);
    return { content: readAll(descriptor, stats.size, limit), executable: isExecutable(stats) };
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    throw new UnreadableFile(reasons[codeOf(error)] ?? messageOf(error), { cause: error });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const leadsOut = 'it is, or is behind, a symbolic link that leads out of the workspace';

/** Bytes that are read at first of a file that does not say its size, as those of `/proc`. */
const FIRST_READ = 65_536;

/** One read does where the size is what was said. */
function readAll(descriptor: number, size: number, limit: number): Buffer {
  if (size > limit) throw tooLarge(limit);
  let content = Buffer.allocUnsafe(size > 0 ? size + 1 : FIRST_READ);
  for (let length = 0; ;) {
    const read = readSync(descriptor, content, length, content.length - length, null);
    length += read;
    if (length > limit) throw tooLarge(limit);
    if (read === 0 || length === size) return content.subarray(0, length);
    if (length === content.length) content = Buffer.concat([content], Math.min(2 * length, limit + 1));
  }
}

function tooLarge(limit: number): UnreadableFile {
  return new UnreadableFile(`it is larger than ${limit / 1_000_000} MB`);
}

/** Whether anybody may execute a file. */
export function isExecutable({ mode }: { mode: number }): boolean {
  return (mode & 0o111) !== 0;
}

/** As `readRegularFile`; `undefined` where nothing is. */
export function readOptionalFile(path: string, limit: number, bounds?: Bounds): Buffer | undefined {
  try {
    return readRegularFile(path, limit, bounds);
  } catch (error) {
    if (error instanceof UnreadableFile && error.isMissing) return undefined;
    throw error;
  }
}
