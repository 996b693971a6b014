import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { codeOf, messageOf } from '@nx-image-matrix/engine/unknown';
import { liesWithin } from './links.ts';

/** Bytes of a manifest or a `.dockerignore`; more than anyone writes. */
export const LARGEST_SOURCE = 4_000_000;

/** Bytes of a generated file: a template renders at most ten million characters, and copied files are not larger. */
export const LARGEST_GENERATED = 40_000_000;

/** A file that cannot be used; the message says why. */
export class UnreadableFile extends Error {
  /** Whether the path does not exist, or is a link to nowhere. */
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

/** The bytes of a file, and whether it is executable. */
export interface FileOnDisk {
  content: Buffer;
  executable: boolean;
}

/** Where a path may lead. */
export interface Bounds {
  /** Whether the path itself may be a symbolic link. Default: true. */
  follow?: boolean;
  /** The folder that must contain the file after following links; any by default. */
  within?: string;
}

/**
 * The bytes of a regular file. Does not wait for pipes or devices, and reads at most `limit` bytes, whatever the
 * reported size.
 * @throws UnreadableFile
 */
export function readRegularFile(path: string, limit: number, bounds?: Bounds): Buffer {
  return readFileOnDisk(path, limit, bounds).content;
}

/**
 * Like `readRegularFile`, with the executable bit.
 * @throws UnreadableFile
 */
export function readFileOnDisk(path: string, limit: number, { follow = true, within }: Bounds = {}): FileOnDisk {
  let descriptor: number | undefined;
  try {
    if (within !== undefined && !liesWithin(within, path)) throw new UnreadableFile(leadsOut);
    // Without this flag, opening a pipe waits for a writer.
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

/** Initial buffer, in bytes, for a file that reports no size, such as those in `/proc`. */
const FIRST_READ = 65_536;

/** One read is enough if the reported size is correct. */
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

/** Whether a file is executable by anyone. */
export function isExecutable({ mode }: { mode: number }): boolean {
  return (mode & 0o111) !== 0;
}

/** Like `readRegularFile`; `undefined` if the path does not exist. */
export function readOptionalFile(path: string, limit: number, bounds?: Bounds): Buffer | undefined {
  try {
    return readRegularFile(path, limit, bounds);
  } catch (error) {
    if (error instanceof UnreadableFile && error.isMissing) return undefined;
    throw error;
  }
}
