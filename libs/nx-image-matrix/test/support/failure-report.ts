import { markdownTable } from './table.ts';

export interface Failure {
  /** The problem. */
  line: string;
  /** What to do; empty if the line says it. */
  hint: string;
  /** The engine's own output, as shown. */
  below: string;
}

/** The report of a run about the first failed image, from the line with certain words. */
export function readFailure(output: string, words: string): Failure {
  const lines = output.split('\n');
  const at = lines.findIndex((line) => /^\S+(?:: |  error  )/.test(line) && line.includes(words));
  if (at === -1) return { line: `(not said) ${output}`, hint: '', below: '' };
  const hint = /^hint: (.*)/.exec(lines[at + 1] ?? '')?.[1] ?? '';
  const rest = lines.slice(at + (hint ? 2 : 1));
  const end = rest.findIndex((line) => !line.startsWith('  |') && line !== '');
  return { line: lines[at]!, hint, below: rest.slice(0, Math.max(end, 0)).join('\n').trimEnd() };
}

/** Failures of a test, for a table at its end. */
export class FailureReport {
  readonly #rows: string[][] = [];

  add(name: string, { line, hint, below }: Failure): void {
    const last = below.split('\n').findLast((text) => /error|cannot|not installed|exit status/i.test(text)) ?? '';
    const cells = [name, line, hint, last.replace(/^ *\| */, '')];
    this.#rows.push(cells.map((cell) => cell.replaceAll('|', '/').split('\n')[0]!));
  }

  /** A case that cannot be created on this machine. */
  leaveOut(name: string, reason: string): void {
    this.#rows.push([name, `left out: ${reason}`, '', '']);
  }

  print(): void {
    console.log(markdownTable(['case', 'the line', 'what to do', "the engine's words"], this.#rows));
  }
}
