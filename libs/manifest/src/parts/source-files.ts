import type { DiagnosticCode } from '@nx-image-matrix/diagnostics';
import type { Shared } from '../yaml/build-tree.ts';
import type { Problems } from '../yaml/problems.ts';
import { readTree } from '../yaml/read-tree.ts';
import type { Node, Place } from '../yaml/tree.ts';
import type { FileReader } from './file-reader.ts';

/** The files of a manifest besides its own. */
const MAX_FILES = 200;
/** Most characters of all files; ten times the largest manifest. */
const MAX_CHARACTERS = 4_000_000;

/** Reads the other files of one manifest, each once. */
export class SourceFiles {
  /** The manifest itself. */
  readonly manifest: string;
  readonly reader: FileReader;
  readonly problems: Problems;
  readonly shared: Shared = { aliased: 0 };
  readonly #trees = new Map<string, Node | undefined>();
  #characters = 0;

  constructor(manifest: string, reader: FileReader, problems: Problems) {
    this.manifest = manifest;
    this.reader = reader;
    this.problems = problems;
  }

  /** The tree of a file that is named at a place; `undefined` if it cannot be used, which is reported as `code`. */
  tree(path: string, at: Place, code: DiagnosticCode): Node | undefined {
    if (!this.#trees.has(path)) this.#trees.set(path, this.#read(path, at, code));
    return this.#trees.get(path);
  }

  #read(path: string, at: Place, code: DiagnosticCode): Node | undefined {
    if (this.#trees.size >= MAX_FILES) {
      this.problems.add(at, code, `a manifest has at most ${MAX_FILES} further files`, { once: true });
      return undefined;
    }
    const read = this.reader.read(path);
    if ('problem' in read) {
      const { problem } = read;
      const place = problem.code === 'unreadable-file' ? at : { file: path, ...problem };
      this.problems.add(place, problem.code, problem.message, { hint: problem.hint });
      return undefined;
    }
    this.#characters += read.text.length;
    if (this.#characters > MAX_CHARACTERS) {
      const message = `the further files of a manifest have at most ${MAX_CHARACTERS / 1_000} kB`;
      this.problems.add(at, code, message, { once: true });
      return undefined;
    }
    return readTree(read.text, this.problems, path, this.shared);
  }
}
