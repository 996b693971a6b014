import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Dirent } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EngineError } from '../errors.ts';
import { parseDockerignore } from './dockerignore.ts';
import type { Dockerignore } from './dockerignore.ts';
import { mapLimited } from '../process/map-limited.ts';

/** A file or symbolic link of a build context. */
export interface ContextFile {
  /** Relative to the context, with `/`. */
  path: string;
  /** Permission bits; 0 for a link, where they differ between systems and mean nothing. */
  mode: number;
  /** `sha256:` of the content; of the target's text for a link. */
  digest: string;
  /** Where a symbolic link points to, as it says. */
  link?: string;
}

export interface ContextReader {
  files(contextDir: string, dockerignore: string): Promise<ContextFile[]>;
}

const readsAtOnce = 16;

/**
 * The files of a build context that a `Dockerfile.dockerignore` (its text) lets in, sorted by path. Folders that it
 * keeps out are not read; folders themselves are not listed.
 */
export function contextFiles(contextDir: string, dockerignore: string): Promise<ContextFile[]> {
  return createContextReader().files(contextDir, dockerignore);
}

/** A reader for many images of one context: a file that several of them copy is hashed once, until it changes. */
export function createContextReader(): ContextReader {
  const digests = new Map<string, Promise<string>>();

  async function describe(contextDir: string, path: string): Promise<ContextFile> {
    const absolute = join(contextDir, path);
    const stats = await lstat(absolute, { bigint: true });
    if (stats.isSymbolicLink()) {
      const link = await readlink(absolute);
      return { path, mode: 0, digest: sha256(link), link };
    }
    const version = [absolute, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join('\0');
    const digest = digests.get(version) ?? hashFile(absolute);
    digests.set(version, digest);
    return { path, mode: Number(stats.mode & 0o7777n), digest: await digest };
  }

  return {
    async files(contextDir, dockerignore) {
      const paths: string[] = [];
      try {
        await walk(contextDir, '', parseDockerignore(dockerignore), paths);
        return await mapLimited(paths.toSorted(byCodeUnits), readsAtOnce, (path) => describe(contextDir, path));
      } catch (error) {
        throw new EngineError(
          'command-failed',
          `the build context ${contextDir} cannot be read: ${(error as Error).message}`,
          {
            cause: error,
          },
        );
      }
    },
  };
}

async function walk(contextDir: string, folder: string, ignore: Dockerignore, paths: string[]): Promise<void> {
  for (const entry of await readdir(join(contextDir, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (ignore.letsBelow(path)) await walk(contextDir, path, ignore, paths);
    } else if (entersImages(entry) && ignore.lets(path)) {
      paths.push(path);
    }
  }
}

/** Sockets, pipes and devices are nothing that a Dockerfile copies. */
function entersImages(entry: Dirent): boolean {
  return entry.isFile() || entry.isSymbolicLink();
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest('hex')}`;
}

function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** Not by locale, which differs between machines. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
