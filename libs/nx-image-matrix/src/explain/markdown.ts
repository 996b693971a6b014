import { printable } from '@nx-image-matrix/diagnostics';
import type { Cause } from './cause.ts';
import { describeCause } from './describe.ts';
import type { Explanation } from './explain.ts';
import { summaryOf } from './table.ts';

/** Names of images that a row shows before the rest is folded. */
const SHOWN_IMAGES = 3;
/** Rows of the table. */
const MOST_ROWS = 100;
/** Names of images that are listed in all; a pull request has room for 65,536 characters. */
const MOST_NAMES = 1_000;

/** The changes as text for a pull request: a summary, and a table of root causes with the images that each affects. */
export function explanationMarkdown({ base, images }: Explanation): string {
  const summary = summaryOf(images, `\`${base.commit.slice(0, 8)}\``);
  if (images.length === 0) return `${summary}\n`;
  const rows = rootCauses(images);
  let left = MOST_NAMES;
  const lines = rows.slice(0, MOST_ROWS).map(({ what, where, names }) => {
    const listed = names.slice(0, Math.max(SHOWN_IMAGES, left));
    left -= listed.length;
    return `| ${code(what)} | ${where === '' ? '' : code(where)} | ${names.length} | ${namesOf(listed, names.length)} |`;
  });
  const more = rows.length > MOST_ROWS ? [`\n${rows.length - MOST_ROWS} more causes.`] : [];
  return [`${summary}.`, '', '| cause | place | images | |', '|---|---|---|---|', ...lines, ...more, ''].join('\n');
}

interface RootCause {
  what: string;
  where: string;
  names: string[];
}

/** Each cause that is not a parent, with the images that it reaches, also by their parents; most images first. */
function rootCauses(images: Explanation['images']): RootCause[] {
  const byName = new Map(images.map((image) => [image.name, image]));
  const roots = new Map<string, RootCause>();
  for (const image of images) {
    for (const cause of rootsOf(image.name, byName, new Set())) {
      const { what, where } = rowOf(cause);
      const key = `${what}\0${where}`;
      const root = roots.get(key) ?? { what, where, names: [] };
      roots.set(key, root);
      if (root.names.at(-1) !== image.name) root.names.push(image.name);
    }
  }
  return [...roots.values()].sort((a, b) => b.names.length - a.names.length);
}

/** What a row says: not the line of each Dockerfile, which differs between images. */
function rowOf(cause: Cause): { what: string; where: string } {
  const { output: _output, ...rest } = cause;
  return describeCause(rest);
}

function rootsOf(
  name: string,
  byName: ReadonlyMap<string, Explanation['images'][number]>,
  passed: Set<string>,
): Cause[] {
  if (passed.has(name)) return [];
  passed.add(name);
  return (byName.get(name)?.causes ?? []).flatMap((cause) =>
    cause.kind === 'parent' ? rootsOf(cause.name ?? '', byName, passed) : [cause],
  );
}

function namesOf(names: readonly string[], all: number): string {
  const shown = names.slice(0, SHOWN_IMAGES).map(code).join(', ');
  const rest = names.slice(SHOWN_IMAGES);
  if (all <= SHOWN_IMAGES) return shown;
  const listed = rest.map(code).join(', ');
  const unlisted = all - names.length;
  const end = unlisted > 0 ? `${listed === '' ? '' : ', '}and ${unlisted} more` : '';
  return `${shown} <details><summary>${all - SHOWN_IMAGES} more</summary>${listed}${end}</details>`;
}

/**
 * A text as code in a cell of a table. Nothing in it is Markdown, HTML, a link or a mention: whoever opens a pull
 * request chooses names of files and values. What would end the code or the cell is replaced, since parsers differ in
 * what a backslash does there.
 */
function code(text: string): string {
  return `\`${
    printable(text)
      .replace(/[`|\\]/g, '\ufffd')
      .trim() || '-'
  }\``;
}
