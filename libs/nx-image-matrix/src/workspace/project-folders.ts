import { readdirSync, type Dirent } from 'node:fs';
import { join, posix } from 'node:path';

/** Files that Nx and its plugins take for those of a project. */
const PROJECT_FILES =
  /^(project\.json|package\.json|pom\.xml|build\.gradle(\.kts)?|Cargo\.toml|pyproject\.toml|go\.mod|.*\.(cs|fs|vb)proj)$/;

/** More are not looked into. */
const MOST_FOLDERS = 2_000;

/** Folders, relative to the workspace. */
export interface ProjectFolders {
  /** Those of the given folders that a project may lie at, above or below. */
  concerned: string[];
  /** Where the projects may lie. */
  projects: string[];
}

/**
 * Which folders may hold what a project makes. The root counts where it has a `project.json`. Each folder is read once;
 * of more than a few thousand all that are left count as concerned.
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
