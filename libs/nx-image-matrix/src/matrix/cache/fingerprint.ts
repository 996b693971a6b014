import { readdirSync, statSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { createLinkFollower } from '../../build-context/follow-links.ts';
import { sha256 } from '../generate-image.ts';
import { liesWithin } from '../../fs/links.ts';
import { readFileOnDisk } from '../../fs/read-file.ts';
import { answersNow } from '../part-files.ts';
import { pathKind } from '../path-kind.ts';
import type { MatrixSources, TemplateSources } from '../read-matrices.ts';

/** A folder with more files is not a template folder, and reading them all would take too long. */
const mostFiles = 5000;
/** Bytes; a larger file is not a template, and is rejected as an extra file. */
const largestFile = 20_000_000;

/**
 * A digest of everything besides the inputs that matrices are made from: templates, and the state of copied paths.
 * `undefined` if there are too many.
 */
export function fingerprint(workspaceRoot: string, sources: MatrixSources): string | undefined {
  const templates = templatesFingerprint(workspaceRoot, sources);
  if (templates === undefined) return undefined;
  const kinds = Object.keys(sources.kinds).sort();
  return sha256(
    [
      templates,
      JSON.stringify(answersNow(workspaceRoot, sources.answers)),
      ...kinds.map((path) => `${path} ${pathKind(join(workspaceRoot, path))}`),
      ...Object.entries(sources.followed).flatMap(([contextDir, paths]) => {
        const follow = createLinkFollower(join(workspaceRoot, contextDir));
        return Object.keys(paths)
          .sort()
          .map((path) => JSON.stringify([contextDir, path, follow(path)]));
      }),
    ].join('\n'),
  );
}

/** The part that is known before rendering: content, names and executable bits of files. */
export function templatesFingerprint(workspaceRoot: string, sources: TemplateSources): string | undefined {
  const lines: string[] = [];
  try {
    for (const root of sources.templateRoots) readFolder(workspaceRoot, root, lines, new Set());
  } catch (error) {
    if (error instanceof TooManyFiles) return undefined;
    throw error;
  }
  return sha256(lines.join('\n'));
}

class TooManyFiles extends Error {}

function readFolder(workspaceRoot: string, folder: string, lines: string[], above: ReadonlySet<string>): void {
  const listed = listFolder(workspaceRoot, folder);
  if (!listed) {
    lines.push(`${folder} cannot be read`);
    return;
  }
  const { identity, entries } = listed;
  if (above.has(identity)) return;
  const inside = new Set([...above, identity]);
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (lines.length > mostFiles) throw new TooManyFiles();
    if (isFolder(workspaceRoot, path, entry)) readFolder(workspaceRoot, path, lines, inside);
    else lines.push(describeFile(workspaceRoot, path));
  }
}

/** `undefined` for anything that is not a readable folder of the workspace, and for invalid paths. */
function listFolder(workspaceRoot: string, folder: string): { identity: string; entries: Dirent[] } | undefined {
  const path = join(workspaceRoot, folder);
  try {
    if (!liesWithin(workspaceRoot, path)) return undefined;
    const { dev, ino } = statSync(path);
    return { identity: `${dev}:${ino}`, entries: readdirSync(path, { withFileTypes: true }).sort(byName) };
  } catch {
    return undefined;
  }
}

function isFolder(workspaceRoot: string, path: string, entry: Dirent): boolean {
  return entry.isDirectory() || (entry.isSymbolicLink() && pathKind(join(workspaceRoot, path)) === 'folder');
}

function describeFile(workspaceRoot: string, path: string): string {
  const absolute = join(workspaceRoot, path);
  try {
    const { content, executable } = readFileOnDisk(absolute, largestFile, { within: workspaceRoot });
    return `${path} ${executable ? 'x' : '-'} ${sha256(content)}`;
  } catch {
    return `${path} cannot be read`;
  }
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}
