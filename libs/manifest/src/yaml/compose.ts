import { Composer, Parser, type Document, type ParsedNode } from 'yaml';
import { findTooDeep, MAX_DEPTH } from './depth.ts';
import { placesOf } from './places.ts';
import type { Place } from './tree.ts';

/** Most characters of a manifest; one for ten thousand images has 250,000. */
const MAX_LENGTH = 400_000;

interface SyntaxProblem extends Place {
  message: string;
  hint?: string;
}

export interface Composed {
  document?: Document.Parsed;
  placeOf: (offset: number) => Place;
  problems: SyntaxProblem[];
}

// YAML 1.2.2, production [1] c-printable, without characters that are useless in a manifest.
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/;

// Checked without parsing, since the parser uses a kilobyte per level.
const nested = new RegExp(`(?:[[{][ \\t]*|[-?] ){${MAX_DEPTH + 1}}`);

// Each would be a separate error, at a kilobyte each.
const crowd = /(?:[,\]}][ \t]*){1000}/;

/**
 * The first YAML document of a text; syntax errors are values. A byte order mark takes no column. Places name `file`,
 * messages `subject`.
 */
export function compose(text: string, file?: string, subject = 'a manifest'): Composed {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  const placeOf = placesOf(source, file);
  const fail = (offset: number, message: string): Composed => ({
    placeOf,
    problems: [{ ...placeOf(offset), message }],
  });

  const control = unprintable.exec(source);
  if (control) return fail(control.index, `the character ${codePoint(control[0])} is not allowed in YAML`);
  if (source.length > MAX_LENGTH) return fail(MAX_LENGTH, `${subject} has at most ${MAX_LENGTH / 1_000} kB`);
  const nest = nested.exec(source);
  if (nest) return fail(nest.index, `nested more than ${MAX_DEPTH} levels deep`);
  const run = crowd.exec(source);
  if (run) return fail(run.index, 'a thousand commas or closing brackets in a row');
  const tokens = [...new Parser().parse(source)];
  const tooDeep = findTooDeep(tokens);
  if (tooDeep !== undefined) return fail(tooDeep, `nested more than ${MAX_DEPTH} levels deep`);

  const documents = [
    ...new Composer<ParsedNode, true>({ merge: false, uniqueKeys: false }).compose(tokens, true, source.length),
  ];
  const [document, second] = documents;
  if (second) return fail(second.range[0], `a second YAML document begins here; ${subject} is one document`);
  return { document, placeOf, problems: document ? independentErrors(document, placeOf) : [] };
}

// Errors in one scalar or one line, after which the parser recovers.
const localErrors = new Set(['BAD_DQ_ESCAPE', 'BAD_SCALAR_START', 'TAB_AS_INDENT']);

/** The first error, and more that do not merely follow from the parser's failure to recover. */
function independentErrors(document: Document.Parsed, placeOf: (offset: number) => Place): SyntaxProblem[] {
  const problems = new Map<number, SyntaxProblem>();
  for (const error of document.errors) {
    const place = placeOf(error.pos[0]);
    if (problems.has(place.line) || (problems.size > 0 && !localErrors.has(error.code))) continue;
    problems.set(place.line, { ...place, message: sentence(error.message), hint: hintFor(error.code) });
  }
  return [...problems.values()];
}

function hintFor(code: string): string | undefined {
  if (code === 'TAB_AS_INDENT') return 'indent with spaces';
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return 'put the value into quotes if the second `:` belongs to it';
  if (code === 'BAD_SCALAR_START') return 'put the value into quotes';
  if (code === 'MULTILINE_IMPLICIT_KEY') return 'a key needs a colon and a space behind it';
  return undefined;
}

function sentence(message: string): string {
  const [first = message] = message.split('\n');
  return first.replace(/: ".*$/s, '');
}

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
