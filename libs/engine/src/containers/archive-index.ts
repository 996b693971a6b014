import { posix } from 'node:path';
import { entryAt, type TarEntry } from './tar-entry.ts';

/** A file of an archive, without its place there. */
type IndexedFile = Omit<TarEntry, 'start'>;

const BLOCK = 512;
/** Files of an image, and links from one to the next. */
const MOST_FILES = 2_000_000;
const MOST_LINKS = 40;

/** Names and attributes of all files of a tar archive, which is read as it arrives and not kept. */
export class ArchiveIndex {
  readonly #files = new Map<string, IndexedFile>();
  #pending: Buffer = Buffer.alloc(0);
  /** Bytes of content to pass over. */
  #skip = 0;

  /** The number of files. */
  get size(): number {
    return this.#files.size;
  }

  /** Reads the next part of the archive. */
  add(chunk: Buffer): void {
    const passed = Math.min(this.#skip, chunk.length);
    this.#skip -= passed;
    if (passed === chunk.length) return;
    this.#pending = Buffer.concat([this.#pending, chunk.subarray(passed)]);
    let offset = 0;
    for (let entry = entryAt(this.#pending, 0); entry; entry = entryAt(this.#pending, offset)) {
      if (this.#files.size < MOST_FILES) this.#files.set(nameOf(entry.name), entry);
      const end = entry.start + Math.ceil(entry.stored / BLOCK) * BLOCK;
      this.#skip = Math.max(0, end - this.#pending.length);
      offset = Math.min(end, this.#pending.length);
    }
    this.#pending = this.#pending.subarray(offset);
  }

  /** A file by its path; links in the folders of the path are followed, the file itself is not. */
  find(path: string): IndexedFile | undefined {
    const wanted = this.#real(path, 0);
    const found = wanted === undefined ? undefined : this.#files.get(wanted);
    // Some archives do not have the root folder itself.
    return found ?? (wanted === '' ? { kind: 'folder', mode: 0o755, uid: 0, gid: 0, size: 0, target: '' } : undefined);
  }

  #real(path: string, links: number): string | undefined {
    const parts = nameOf(path).split('/');
    for (let count = 1; count < parts.length; count += 1) {
      const folder = parts.slice(0, count).join('/');
      const found = this.#files.get(folder);
      if (found?.kind !== 'link') continue;
      if (links >= MOST_LINKS) return undefined;
      const target = posix.resolve('/', posix.dirname(folder), found.target);
      return this.#real([target, ...parts.slice(count)].join('/'), links + 1);
    }
    return parts.join('/');
  }
}

/** Without the beginnings and ends that archives have differently. */
function nameOf(path: string): string {
  return posix.resolve('/', path).slice(1);
}
