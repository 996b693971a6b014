import { readdirSync, type Dirent } from 'node:fs';
import { join, posix } from 'node:path';

/** Files that Nx and its plugins recognize as a project's. */
const PROJECT_FILES =
  /^(project\.json|package\.json|pom\.xml|build\.gradle(\.kts)?|Cargo\.toml|pyproject\.toml|go\.mod|.*\.(cs|fs|vb)proj)$/;

/** Most folders to read. */
const MOST_FOLDERS = 2_000;

/** Folders, relative to the workspace. */
export interface ProjectFolders {
  /** Those of the given folders with a possible project at, above or below them. */
  concerned: string[];
  /** Where the projects may be. */
  projects: string[];
}

/**
 * Which folders may contain what a project creates. The root counts if it has a `project.json`. Reads each folder once;
 * beyond a few thousand, all remaining ones count.
 */
export function projectFolders(workspaceRoot: string, folders: readonly string[]): ProjectFolders {
  const read = new Map<string, Dirent[]>();
  const entriesOf = (folder: string): Dirent[] => {
    const entries = read.get(folder) ?? readFolder(join(workspaceRoot, folder));
    read.set(folder, entries);
    return entries;
  };
  const isProject = (folder: string): boolean =>
    entriesOf(folder).some(({ name }) => (folder === '.' ? name === 'project.json' : PROJECT_FILES.test(name)));
  const projects = new Set<string>();
  const below = (folder: string): boolean => {
    if (read.size > MOST_FOLDERS) return true;
    let found = isProject(folder);
    if (found) projects.add(folder);
    for (const entry of entriesOf(folder)) {
      if (!entry.isDirectory() || entry.name === 'node_modules' || entry.name.startsWith('.')) continue;
      if (below(posix.join(folder, entry.name))) found = true;
    }
    return found;
  };
  const above = (folder: string): boolean => {
    let found = false;
    for (let parent = folder; parent !== '.';) {
      parent = posix.dirname(parent);
      if (!isProject(parent)) continue;
      projects.add(parent);
      found = true;
    }
    return found;
  };
  const concerned = folders.filter((folder) => {
    const around = above(folder);
    return below(folder) || around;
  });
  return { concerned, projects: [...projects].sort() };
}

function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
