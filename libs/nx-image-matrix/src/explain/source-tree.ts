import {
  copyFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { isThere, refuseLinks } from '../fs/links.ts';
import {
  LINK_MODE,
  readObjects,
  SUBMODULE_MODE,
  type ChangedPath,
  type TrackedFile,
} from '../workspace/git-changes.ts';

/** A file as it was. */
export interface SourceFile {
  content: Buffer;
  mode: string;
}

/** Folders that hold no sources. */
const skipped = new Set(['.git', '.nx', 'node_modules']);

/** Links followed on the way to one path. */
const MOST_LINKS = 40;

/**
 * The sources of a workspace in an earlier state, in a folder of their own: of what has changed the content in git, of
 * everything else that of the working tree. Only what is asked for is there.
 */
export class SourceTree {
  /** Absolute path of the folder. */
  readonly root: string;
  readonly #workspaceRoot: string;
  readonly #changes: ReadonlyMap<string, ChangedPath>;
  /** Folders with files that have changed and were there before. */
  readonly #folders = new Set<string>();
  readonly #done = new Set<string>();
  readonly #contents = new Map<string, Buffer>();

  /** `changes` are the paths that were different; none for the working tree itself. */
  constructor(workspaceRoot: string, root: string, changes: ReadonlyMap<string, ChangedPath>) {
    this.#workspaceRoot = workspaceRoot;
    this.root = root;
    this.#changes = changes;
    for (const { path, before } of changes.values()) {
      if (before) for (const folder of foldersOf(path)) this.#folders.add(folder);
    }
  }

  /**
   * Puts paths into the folder: files, links with what they lead to, and folders without their content.
   * @returns whether something was added.
   * @throws Error if git or the disk fails.
   */
  add(paths: Iterable<string>): boolean {
    const files = new Map<string, TrackedFile | undefined>();
    const links: string[] = [];
    for (const path of paths) this.#follow(path, files, links);
    if (files.size === 0 && links.length === 0) return false;
    this.#read([...files.keys(), ...links]);
    for (const path of files.keys()) this.#write(path, files.get(path));
    for (const path of links) this.#link(path);
    return true;
  }

  /** Puts a folder with everything in it into the folder, links followed. */
  addBelow(folder: string): boolean {
    const found: string[] = [];
    const seen = new Set<string>();
    const look = (path: string): void => {
      if (seen.has(path) || skipped.has(posix.basename(path))) return;
      seen.add(path);
      found.push(path);
      const kind = this.kindOf(path);
      if (kind === 'link') look(posix.join(posix.dirname(path), this.#targetOf(path)));
      if (kind === 'folder') for (const child of this.children(path)) look(child);
    };
    look(folder);
    return this.add(found);
  }

  /** Reads changed files from git in one call, for `file`. */
  prefetch(paths: readonly string[]): void {
    this.#read(paths);
  }

  /** A changed file as it was; `undefined` if there was none. */
  file(path: string): SourceFile | undefined {
    const change = this.#changes.get(path);
    if (!change?.before) return undefined;
    this.#read([path]);
    const content = this.#contents.get(path);
    return content && { content, mode: change.before.mode };
  }

  /** Runs a function while some files have another content, or are not there. */
  with<T>(replaced: ReadonlyMap<string, SourceFile | undefined>, work: () => T): T {
    const kept = [...replaced.keys()].map((path): [string, SourceFile | undefined] => [path, this.#now(path)]);
    try {
      for (const [path, file] of replaced) this.#put(path, file);
      return work();
    } finally {
      for (const [path, file] of kept) this.#put(path, file);
    }
  }

  /** Paths directly in a folder. */
  children(folder: string): string[] {
    const inFolder = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
    const below = folder === '' ? '' : `${folder}/`;
    const before = [...this.#changes.values()].flatMap(({ path, before: file }) =>
      file && path.startsWith(below) ? [below + (path.slice(below.length).split('/', 1)[0] ?? '')] : [],
    );
    return [...new Set([...namesIn(join(this.#workspaceRoot, folder)).map(inFolder), ...before])].sort();
  }

  /** What a path was. */
  kindOf(path: string): 'file' | 'folder' | 'link' | 'nothing' {
    const change = this.#changes.get(path);
    if (change?.before) return kindOfMode(change.before.mode);
    if (this.#folders.has(path)) return 'folder';
    if (change || foldersOf(path).some((folder) => isFile(this.#changes.get(folder)?.before))) return 'nothing';
    try {
      const stats = lstatSync(join(this.#workspaceRoot, path), { throwIfNoEntry: false });
      if (!stats) return 'nothing';
      return stats.isSymbolicLink() ? 'link' : stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : 'nothing';
    } catch {
      return 'nothing';
    }
  }

  /** Collects what a path is made of, with the links on the way. */
  #follow(path: string, files: Map<string, TrackedFile | undefined>, links: string[], followed = 0): void {
    const segments = posix.normalize(path).split('/').filter(Boolean);
    if (segments.length === 0 || segments.some((name) => name === '..' || name === '.') || followed > MOST_LINKS)
      return;
    for (const index of segments.keys()) {
      const part = segments.slice(0, index + 1).join('/');
      const kind = this.kindOf(part);
      const isNew = !this.#done.has(part);
      if (kind === 'nothing') return;
      this.#done.add(part);
      if (kind === 'folder' && isNew) files.set(part, undefined);
      if (kind === 'file' && isNew) files.set(part, this.#changes.get(part)?.before);
      if (kind === 'link') {
        if (isNew) links.push(part);
        const rest = segments.slice(index + 1).join('/');
        this.#follow(posix.join(posix.dirname(part), this.#targetOf(part), rest), files, links, followed + 1);
      }
      if (kind !== 'folder') return;
    }
  }

  #targetOf(link: string): string {
    if (this.#changes.get(link)?.before) {
      this.#read([link]);
      return this.#contents.get(link)?.toString('utf8') ?? '';
    }
    return readlinkSync(join(this.#workspaceRoot, link));
  }

  /** Reads from git what is not known yet, in one call. */
  #read(paths: readonly string[]): void {
    const wanted = paths.flatMap((path): [string, string][] => {
      const id = this.#contents.has(path) ? undefined : this.#changes.get(path)?.before?.id;
      return id === undefined ? [] : [[path, id]];
    });
    const found = readObjects(this.#workspaceRoot, [...new Set(wanted.map(([, id]) => id))]);
    for (const [path, id] of wanted) {
      const content = found.get(id);
      if (content) this.#contents.set(path, content);
    }
  }

  #write(path: string, before: TrackedFile | undefined): void {
    const target = join(this.root, path);
    if (this.kindOf(path) === 'folder') {
      refuseLinks(this.root, target);
      mkdirSync(target, { recursive: true });
      return;
    }
    refuseLinks(this.root, dirname(target));
    mkdirSync(dirname(target), { recursive: true });
    if (!before) return copyFileSync(join(this.#workspaceRoot, path), target);
    this.#put(path, { content: this.#contents.get(path) ?? Buffer.alloc(0), mode: before.mode });
  }

  #link(path: string): void {
    const target = join(this.root, path);
    refuseLinks(this.root, dirname(target));
    mkdirSync(dirname(target), { recursive: true });
    if (!isThere(target)) symlinkSync(this.#targetOf(path), target);
  }

  #put(path: string, file: SourceFile | undefined): void {
    const target = join(this.root, path);
    refuseLinks(this.root, dirname(target));
    rmSync(target, { recursive: true, force: true });
    if (!file) return;
    mkdirSync(dirname(target), { recursive: true });
    if (file.mode === LINK_MODE) return symlinkSync(file.content.toString('utf8'), target);
    writeFileSync(target, file.content);
    // The umask may have removed the bit that counts.
    chmodSync(target, file.mode === '100755' ? 0o755 : 0o644);
  }

  #now(path: string): SourceFile | undefined {
    return readSource(join(this.root, path));
  }
}

/** A file or a link on disk; `undefined` if there is neither. */
export function readSource(path: string): SourceFile | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink()) return { content: Buffer.from(readlinkSync(path)), mode: LINK_MODE };
  if (!stats?.isFile()) return undefined;
  return { content: readFileSync(path), mode: (stats.mode & 0o111) === 0 ? '100644' : '100755' };
}

function kindOfMode(mode: string): 'file' | 'folder' | 'link' {
  return mode === LINK_MODE ? 'link' : mode === SUBMODULE_MODE ? 'folder' : 'file';
}

function isFile(file: TrackedFile | undefined): boolean {
  return file !== undefined && file.mode !== SUBMODULE_MODE;
}

function foldersOf(path: string): string[] {
  const segments = path.split('/').slice(0, -1);
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
