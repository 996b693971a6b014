import { findHeredocs } from './heredocs.ts';
import { isJsonList, takeFlags } from './words.ts';

/** A position in a Dockerfile, both counted from 1. */
export interface Place {
  line: number;
  column: number;
}

export interface Problem extends Place {
  message: string;
}

/** One instruction, with continuation lines joined and the comments between them removed. */
export interface Instruction extends Place {
  /** In upper case. */
  keyword: string;
  /** `--from=base` as `['from', 'base']`; empty for a flag without a value. */
  flags: [name: string, value: string][];
  /** The operands after the flags, trimmed. */
  operands: string;
}

/** An instruction of a file. */
export interface PlacedInstruction extends Instruction {
  /** The line after its last one, heredocs left out. */
  end: number;
}

export interface Directives {
  syntax?: string;
  escape: string;
}

const DIRECTIVE = /^\s*#\s*([a-z][a-z0-9]*)\s*=(.*)$/i;
const HEREDOC_KEYWORDS = /^(?:ONBUILD\s+)?(?:ADD|COPY|RUN)\s/i;

/** Whether a line is a parser directive at the top of a file. */
export function isDirective(line: string): boolean {
  return line.includes('=') && DIRECTIVE.test(line);
}

/** The parser directives at the top of a Dockerfile: https://docs.docker.com/reference/dockerfile/#parser-directives */
export function readDirectives(lines: readonly string[]): Directives {
  const found = new Map<string, string>();
  for (const line of lines) {
    const [, name, text] = DIRECTIVE.exec(line) ?? [];
    const value = text?.trim();
    if (!name || !value) break;
    found.set(name.toLowerCase(), value);
  }
  return { syntax: found.get('syntax'), escape: found.get('escape') === '`' ? '`' : '\\' };
}

/** The lines of a file, without line ends and byte order mark. */
export function splitLines(text: string): string[] {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return plain.split(plain.includes('\r') ? /\r*\n/ : '\n');
}

/** Splits a Dockerfile into instructions, like BuildKit's parser. Leaves out the bodies of heredocs. */
export function readInstructions(lines: readonly string[], escape: string): [PlacedInstruction[], Problem[]] {
  const instructions: PlacedInstruction[] = [];
  const problems: Problem[] = [];
  const ending = escape === '`' ? /(^|[^`])`[ \t]*$/ : /(^|[^\\])\\[ \t]*$/;
  let next = 0;
  for (let first = lines[next]; first !== undefined; first = lines[next]) {
    const place = { line: next + 1, column: first.search(/\S|$/) + 1 };
    const [text, end] = joinContinuations(lines, next, escape, ending);
    next = end;
    if (text === '') continue;
    instructions.push({ ...parseInstruction(text, place), end: end + 1 });
    for (const { name, tabs } of heredocsOf(text)) {
      while (next < lines.length && (tabs ? lines[next]?.replace(/^\t+/, '') : lines[next]) !== name) next++;
      if (next === lines.length) problems.push({ ...place, message: `the heredoc \`${name}\` is not terminated` });
      next++;
    }
  }
  return [instructions, problems];
}

/**
 * The logical line that begins at `start`, trimmed, and the start of the next. Comments and empty lines do not end it.
 */
function joinContinuations(
  lines: readonly string[],
  start: number,
  escape: string,
  ending: RegExp,
): [text: string, end: number] {
  const first = lines[start] ?? '';
  if (/^\w/.test(first) && !first.includes(escape)) return [first.trimEnd(), start + 1];
  let text = '';
  let at = start;
  for (let line: string | undefined = first; line !== undefined; line = lines[++at]) {
    const isBlank = /^\s*(?:#|$)/.test(line);
    if (isBlank && at === start) return ['', at + 1];
    if (isBlank) continue;
    const continued = line.includes(escape) && ending.test(line);
    text += continued ? line.replace(ending, '$1') : line;
    if (!continued) return [text.trim(), at + 1];
  }
  return [text.trim(), lines.length];
}

/** One logical line; not empty. */
export function parseInstruction(text: string, { line, column }: Place): Instruction {
  const word = /^\S+/.exec(text)?.[0] ?? '';
  const [flags, operands] = takeFlags(text.slice(word.length).trim());
  // `toUpperCase` takes longer than everything else here, and is hardly ever needed.
  const keyword = /^[A-Z]+$/.test(word) ? word : word.toUpperCase();
  return { line, column, keyword, flags, operands };
}

function heredocsOf(text: string): ReturnType<typeof findHeredocs> {
  if (!text.includes('<<') || !HEREDOC_KEYWORDS.test(text)) return [];
  const [, operands] = takeFlags(text.replace(HEREDOC_KEYWORDS, '').trim());
  return isJsonList(operands) ? [] : findHeredocs(operands);
}
