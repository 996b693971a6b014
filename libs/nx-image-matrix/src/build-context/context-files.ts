import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Dirent } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import { EngineError, mapLimited, type ContextFile } from '@nx-image-matrix/engine';
import { createContextFilter, type ContextFilter, type FolderState } from './filter.ts';
import { createLinkFollower } from './follow-links.ts';
import { readRules } from './rules.ts';

export interface ContextReader {
  /** `sources`: paths that the Dockerfile copies, relative to the context; everything if absent. */
  files(contextDir: string, dockerignore: string, sources?: readonly string[]): Promise<ContextFile[]>;
}

const readsAtOnce = 16;

/**
 * The files of a build context that BuildKit reads, sorted by path: those that are copied, with links followed, and
 * that a `Dockerfile.dockerignore` (its text) does not exclude. Does not read folders that contain none of them; does
 * not list folders.
 */
export function contextFiles(
  contextDir: string,
  dockerignore: string,
  sources?: readonly string[],
): Promise<ContextFile[]> {
  return createContextReader().files(contextDir, dockerignore, sources);
}

/** A reader for many images of one context: a file that several images copy is hashed once, until it changes. */
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
    return { path, mode: (stats.mode & 0o111n) === 0n ? 0o644 : 0o755, digest: await digest };
  }

  return {
    async files(contextDir, dockerignore, sources) {
      const paths: string[] = [];
      try {
        const filter = createContextFilter(readRules(dockerignore).rules, includedPaths(contextDir, sources));
        await walk({ contextDir, filter, paths }, '');
        return await mapLimited(paths.toSorted(byCodeUnits), readsAtOnce, (path) => describe(contextDir, path));
      } catch (error) {
        throw new EngineError('command-failed', `the build context ${contextDir} cannot be read: ${messageOf(error)}`, {
          cause: error,
        });
      }
    },
  };
}

/** What BuildKit is told to send of copied paths; `undefined` for the whole context. */
export function includedPaths(contextDir: string, sources?: readonly string[]): string[] | undefined {
  if (!sources || sources.includes('')) return undefined;
  const follow = createLinkFollower(contextDir);
  const included = sources.flatMap((path) => follow(path).included);
  return included.includes('.') ? undefined : [...new Set(included)].sort();
}

interface Walk {
  contextDir: string;
  filter: ContextFilter;
  /** What has been found. */
  paths: string[];
}

async function walk(state: Walk, folder: string, parent?: FolderState): Promise<void> {
  for (const entry of await readdir(join(state.contextDir, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const verdict = state.filter.enter(path, parent);
    if (entry.isDirectory()) {
      if (state.filter.goesInto(path, verdict)) await walk(state, path, verdict.state);
    } else if (entersImages(entry) && verdict.isIn) {
      state.paths.push(path);
    }
  }
}

/** A Dockerfile does not copy sockets, pipes and devices. */
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
