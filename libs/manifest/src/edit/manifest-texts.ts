import type { Manifest } from '../manifest.ts';
import { parseManifest } from '../parse-manifest.ts';
import { noFiles, type FileReader } from '../parts/file-reader.ts';
import { readParts } from '../parts/read-parts.ts';
import { SourceFiles } from '../parts/source-files.ts';
import { Problems } from '../yaml/problems.ts';
import { Source } from './source.ts';

/** A file of a manifest, parsed. */
export interface SourceFile {
  path: string;
  source: Source;
}

/** The files of a manifest as texts, to be edited. Data files are not among them. */
export class ManifestTexts {
  /** The path of the manifest. */
  readonly file: string;
  /** By path, in the order in which they are merged. */
  readonly texts: ReadonlyMap<string, string>;
  readonly #reader: FileReader;

  constructor(file: string, texts: ReadonlyMap<string, string>, reader: FileReader = noFiles) {
    this.file = file;
    this.texts = texts;
    this.#reader = reader;
  }

  /** Returns a copy with another text of one file. */
  with(path: string, text: string): ManifestTexts {
    return new ManifestTexts(this.file, new Map([...this.texts, [path, text]]), this.#reader);
  }

  /** The files that are not empty. */
  sources(): SourceFile[] {
    return [...this.texts].flatMap(([path, text]) => (Source.isMap(text) ? [{ path, source: new Source(text) }] : []));
  }

  /** The last file that meets a condition: it has the section to add to. */
  holder(holds: (source: Source) => boolean): SourceFile | undefined {
    return this.sources().findLast(({ source }) => holds(source));
  }

  /**
   * Such a file, or the first, to which the addition goes.
   * @throws EditError if all files are empty
   */
  holderOrFirst(holds: (source: Source) => boolean): SourceFile {
    const [first] = this.texts;
    const [path, text] = first ?? [this.file, ''];
    return this.holder(holds) ?? { path, source: new Source(text) };
  }

  /** `undefined` if it has errors. */
  parse(): Manifest | undefined {
    const read = (path: string) => this.texts.get(path);
    return parseManifest(read(this.file), this.file, {
      kindOf: (path) => this.#reader.kindOf(path),
      find: (glob) => this.#reader.find(glob),
      read: (path) => {
        const text = read(path);
        return text === undefined ? this.#reader.read(path) : { text };
      },
    }).manifest;
  }
}

/** The files of a manifest, which has no errors; without `text`, of the folder `file`. */
export function readManifestTexts(text: string | undefined, file: string, reader: FileReader): ManifestTexts {
  const { files } = readParts(text, new SourceFiles(file, reader, new Problems(file)));
  const others = files.flatMap((path): [string, string][] => {
    const read = path === file ? { text: text ?? '' } : reader.read(path);
    return 'text' in read ? [[path, read.text]] : [];
  });
  return new ManifestTexts(file, new Map(others), reader);
}
