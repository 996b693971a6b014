import { realpath, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { ContextFile } from '@nx-image-matrix/engine';

/** A file of a build context that is a secret, with what it is. */
export interface CopiedSecret {
  /** Relative to the context, with `/`. */
  path: string;
  what: string;
}

interface SecretFile {
  what: string;
  real: string;
  /** Device and inode, which all hard links to a file share. */
  inode: string;
  links: bigint;
}

/**
 * The first file of a context that is a secret, however either is spelled or linked; ignores missing files.
 * @param context what an image copies, folders resolved to their files
 * @param secrets absolute paths of secret files, with what each is
 */
export async function findCopiedSecret(
  contextDir: string,
  context: readonly ContextFile[],
  secrets: ReadonlyMap<string, string>,
): Promise<CopiedSecret | undefined> {
  const files = (await Promise.all([...secrets].map(([path, what]) => describe(what, path)))).flatMap(
    (file) => file ?? [],
  );
  if (files.length === 0) return undefined;
  const realFolder = rememberedRealFolders(contextDir);
  const hardLinked = files.some(({ links }) => links > 1n);
  for (const { path, link } of context) {
    const folder = await realFolder(posix.dirname(path));
    const real = folder === undefined ? undefined : join(folder, posix.basename(path));
    let found = files.find((file) => file.real === real);
    // Only these can be another path of a secret, so only these are checked.
    if (!found && (link !== undefined || hardLinked)) found = await leadsTo(join(contextDir, path), files);
    if (found) return { path, what: found.what };
  }
  return undefined;
}

async function describe(what: string, path: string): Promise<SecretFile | undefined> {
  try {
    const [real, stats] = await Promise.all([realpath(path), stat(path, { bigint: true })]);
    return { what, real, inode: `${stats.dev}:${stats.ino}`, links: stats.nlink };
  } catch {
    return undefined;
  }
}

/** The secret with another name for a path: a link, or one of several hard links. */
async function leadsTo(path: string, files: readonly SecretFile[]): Promise<SecretFile | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats && files.find(({ inode }) => inode === `${stats.dev}:${stats.ino}`);
}

function rememberedRealFolders(contextDir: string): (folder: string) => Promise<string | undefined> {
  const known = new Map<string, Promise<string | undefined>>();
  return (folder) => {
    let real = known.get(folder);
    if (!real) {
      real = realpath(join(contextDir, folder)).catch(() => undefined);
      known.set(folder, real);
    }
    return real;
  };
}
