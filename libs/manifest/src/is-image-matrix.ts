import { Problems } from './yaml/problems.ts';
import { readTree } from './yaml/read-tree.ts';

/**
 * Whether a `manifest.yml` is an image matrix: a map with `packages` and `releases` at the top. Invalid YAML with both
 * at the beginning of lines counts too; otherwise its errors would never be reported.
 */
export function isImageMatrix(text: string): boolean {
  if (!text.includes('packages') || !text.includes('releases')) return false;
  const [first = ''] = withoutPrologue(text).split(/^(?:---|\.\.\.)(?=\s|$)/m, 1);
  if (startsLine(first, 'packages') && startsLine(first, 'releases')) return true;
  const tree = readTree(text, new Problems(''));
  return tree?.kind === 'map' && tree.entries.has('packages') && tree.entries.has('releases');
}

/** Without byte order mark, and without directives and comments before the first document. */
function withoutPrologue(text: string): string {
  return text.replace(/^\ufeff/, '').replace(/^(?:[%#].*\r?\n|[ \t]*\r?\n)*---(?=\s)/, '');
}

function startsLine(text: string, key: string): boolean {
  return new RegExp(`^(?:${key}|"${key}"|'${key}')[ \\t]*:(?=\\s|$)`, 'm').test(text);
}
