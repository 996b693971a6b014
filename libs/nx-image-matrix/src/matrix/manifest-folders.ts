import { posix } from 'node:path';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { isPart, type FileReader } from '@nx-image-matrix/manifest';
import { foldersAround, isManifestFolder } from '../workspace/manifests.ts';
import type { Parts } from './part-files.ts';

/** A manifest and the files that were read for it. */
interface Composed {
  file: string;
  parts: Parts;
  diagnostics: Diagnostic[];
}

/** Temporary files of editors. */
const ofEditor = /^[.#]|~$/;

/**
 * Reports files of a folder `manifest` that look like files of this manifest and are not: an error if it could have
 * included them, and strays if their names are wrong.
 */
export function checkFolders(manifest: Composed, reader: FileReader): void {
  const { file, parts, diagnostics } = manifest;
  const read = new Set([file, ...parts.files]);
  for (const folder of isManifestFolder(file) ? [file] : foldersAround(file)) {
    if (reader.kindOf(folder) !== 'folder') continue;
    for (const path of reader.find(`${folder}/*`) ?? []) {
      if (read.has(path) || ofEditor.test(posix.basename(path)) || !looksLikePart(path, reader)) continue;
      if (/\.ya?ml$/.test(path)) diagnostics.push(notIncluded(file, path));
      else parts.strays.push(path);
    }
  }
}

function looksLikePart(path: string, reader: FileReader): boolean {
  const read = reader.read(path);
  return 'text' in read && isPart(read.text);
}

function notIncluded(file: string, path: string): Diagnostic {
  const named = posix.relative(posix.dirname(file), path);
  return {
    code: 'two-manifests',
    severity: 'error',
    file,
    line: 1,
    column: 1,
    message: `${file} is the manifest here, and does not include ${path}, which looks like another.`,
    hint: `add \`include: [${named}]\` to it, or move one of the two into a folder of its own`,
  };
}
