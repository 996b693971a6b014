import type { Edit } from './edits.ts';
import type { ChangedFact } from './facts.ts';
import type { Hunk } from './hunks.ts';

/** A line of a source. */
export interface SourcePlace {
  file: string;
  line?: number;
  /** Whether the line is one of the former file. */
  gone?: true;
}

/** The place of an edit: its first line that says something. */
export function placeOfEdit({ path, hunks: [hunk] }: Edit): SourcePlace {
  return hunk ? placeOfHunk(path, hunk) : { file: path };
}

/** The line among those of some edits that most likely sets a value. */
export function placeOfFact(edits: readonly Edit[], { name, key, from, to }: ChangedFact): SourcePlace | undefined {
  return bestPlace(edits, [name ?? key ?? ''], to === undefined ? from : to);
}

/** The line with most of some words, or else the first. */
export function bestPlace(
  edits: readonly Edit[],
  words: readonly string[],
  value: string | undefined,
): SourcePlace | undefined {
  let best: { place: SourcePlace; score: number } | undefined;
  for (const { path, hunks } of edits) {
    for (const hunk of hunks) {
      for (const { text, place } of linesOf(path, hunk)) {
        const score = words.reduce((sum, word) => sum + scoreOf(text, word), Number(hasWord(text, value ?? '')));
        if (!best || score > best.score) best = { place, score };
      }
    }
  }
  const [first] = edits;
  return best?.place ?? (first && placeOfEdit(first));
}

/** New lines first; a former line has the place of the one that replaced it. */
function linesOf(file: string, { before, after }: Hunk): { text: string; place: SourcePlace }[] {
  const now = after.lines.map((text, index) => ({ text, place: { file, line: after.start + index + 1 } }));
  const isPair = before.lines.length === after.lines.length;
  const old = before.lines.map((text, index) => ({
    text,
    place: isPair
      ? { file, line: after.start + index + 1 }
      : { file, line: before.start + index + 1, gone: true as const },
  }));
  const meaningful = [...now, ...old].filter(({ text }) => /[^\s#]/.test(text) && !/^\s*#/.test(text));
  return meaningful.length > 0 ? meaningful : [...now, ...old];
}

/** The first line of a hunk. */
function placeOfHunk(file: string, hunk: Hunk): SourcePlace {
  return linesOf(file, hunk)[0]?.place ?? { file };
}

/** A key counts more than a word somewhere else. */
function scoreOf(text: string, word: string): number {
  if (!hasWord(text, word)) return 0;
  const [, key] = /^\s*(?:- )?["']?([^"':]+)["']?:(?:\s|$)/.exec(text) ?? [];
  return key === word ? 3 : 2;
}

function hasWord(text: string, word: string): boolean {
  if (word === '') return false;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/[\w]/.test(text[at - 1] ?? ' ') && !/[\w]/.test(text[at + word.length] ?? ' ')) return true;
  }
  return false;
}
