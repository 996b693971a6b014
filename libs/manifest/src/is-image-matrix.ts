import { noFiles, type FileReader } from './parts/file-reader.ts';
import { PART_NAMES, readParts } from './parts/read-parts.ts';
import { areImageMatrix, ownSections, sections } from './parts/sections.ts';
import { SourceFiles } from './parts/source-files.ts';
import { Problems } from './yaml/problems.ts';
import { readTree } from './yaml/read-tree.ts';
import { isExtension, type Node } from './yaml/tree.ts';

/**
 * Whether a `manifest.yml` is an image matrix: a map with `packages` and `releases` at the top, which may be in files
 * that it includes. Without `text`, whether the files of the folder `file` are one. Invalid YAML with both at the
 * beginning of lines counts too; otherwise its errors would never be reported.
 */
export function isImageMatrix(text: string | undefined, file = '', reader: FileReader = noFiles): boolean {
  if (text === undefined) return isMatrixFolder(file, reader);
  if (text.includes('packages') && text.includes('releases') && hasBoth(text)) return true;
  if (!text.includes('include')) return false;
  const keys = keysAtTop(text);
  if (!keys.has('include')) return false;
  if (areImageMatrix(keys) || [...keys].every((key) => sections.includes(key) || isExtension(key))) return true;
  const { trees } = readParts(text, new SourceFiles(file, reader, new Problems(file)));
  return areImageMatrix(new Set(trees.flatMap((tree) => [...keysOf(tree)])));
}

/** Whether a text looks like a file of a manifest. */
export function isPart(text: string): boolean {
  if (!mayBePart(text)) return false;
  const keys = keysAtTop(text);
  return keys.has('packages') || keys.has('releases');
}

function isMatrixFolder(folder: string, reader: FileReader): boolean {
  const read = (reader.find(`${folder}/${PART_NAMES}`) ?? []).map((path) => reader.read(path));
  const texts = read.flatMap((each) => ('text' in each && mayBePart(each.text) ? [each.text] : []));
  return areImageMatrix(new Set(texts.flatMap((text) => [...keysAtTop(text)])));
}

/** Avoids parsing most files of other programs. */
function mayBePart(text: string): boolean {
  return ownSections.some((name) => text.includes(name));
}

function hasBoth(text: string): boolean {
  const first = firstDocument(text);
  if (startsLine(first, 'packages') && startsLine(first, 'releases')) return true;
  const keys = keysOf(readTree(text, new Problems('')));
  return keys.has('packages') && keys.has('releases');
}

/** The keys at the top; of invalid YAML, the sections at the beginning of lines. */
function keysAtTop(text: string): Set<string> {
  const tree = readTree(text, new Problems(''));
  if (tree) return keysOf(tree);
  const first = firstDocument(text);
  return new Set(sections.filter((name) => startsLine(first, name)));
}

function keysOf(tree: Node | undefined): Set<string> {
  return new Set(tree?.kind === 'map' ? tree.entries.keys() : []);
}

/** Without byte order mark, and without directives and comments before the first document. */
function firstDocument(text: string): string {
  const body = text.replace(/^\ufeff/, '').replace(/^(?:[%#].*\r?\n|[ \t]*\r?\n)*---(?=\s)/, '');
  const [first = ''] = body.split(/^(?:---|\.\.\.)(?=\s|$)/m, 1);
  return first;
}

function startsLine(text: string, key: string): boolean {
  return new RegExp(`^(?:${key}|"${key}"|'${key}')[ \\t]*:(?=\\s|$)`, 'm').test(text);
}
