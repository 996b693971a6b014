import { readdirSync, statSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../generate-image.ts';
import { readRegularFile } from '../read-file.ts';
import { pathKind, type MatrixSources } from '../read-matrices.ts';

/** More files below the templates' roots than this are no folder of templates; reading them all would not pay. */
const mostFiles = 5000;
/** Bytes; a larger file is no template, and is refused as a further file. */
const largestFile = 20_000_000;

/**
 * A digest of everything that matrices were made from beside their manifests: the content, names and executable bits of
 * all files below the templates' roots, optional files, and what copied paths are. `undefined` where that is too much.
 */
export function fingerprint(workspaceRoot: string, sources: MatrixSources): string | undefined {
  const lines: string[] = [];
  try {
    for (const root of sources.templateRoots) readFolder(workspaceRoot, root, lines, new Set());
  } catch (error) {
    if (error instanceof TooManyFiles) return undefined;
    throw error;
  }
  for (const file of sources.optionalFiles) lines.push(describeFile(workspaceRoot, file));
  for (const path of Object.keys(sources.kinds).sort()) lines.push(`${path} ${pathKind(join(workspaceRoot, path))}`);
  return sha256(lines.join('\n'));
}

class TooManyFiles extends Error {}

function readFolder(workspaceRoot: string, folder: string, lines: string[], above: ReadonlySet<string>): void {
  const stats = statSync(join(workspaceRoot, folder), { throwIfNoEntry: false });
  if (!stats?.isDirectory()) {
    lines.push(`${folder} is no folder`);
    return;
  }
  const identity = `${stats.dev}:${stats.ino}`;
  if (above.has(identity)) return;
  const inside = new Set([...above, identity]);
  for (const entry of readdirSync(join(workspaceRoot, folder), { withFileTypes: true }).sort(byName)) {
    const path = `${folder}/${entry.name}`;
    if (lines.length > mostFiles) throw new TooManyFiles();
    if (isFolder(workspaceRoot, path, entry)) readFolder(workspaceRoot, path, lines, inside);
    else lines.push(describeFile(workspaceRoot, path));
  }
}

function isFolder(workspaceRoot: string, path: string, entry: Dirent): boolean {
  return entry.isDirectory() || (entry.isSymbolicLink() && pathKind(join(workspaceRoot, path)) === 'folder');
}

function describeFile(workspaceRoot: string, path: string): string {
  const absolute = join(workspaceRoot, path);
  try {
    return `${path} ${statSync(absolute).mode & 0o111} ${sha256(readRegularFile(absolute, largestFile))}`;
  } catch {
    return `${path} cannot be read`;
  }
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}
