import { spawnSync } from 'node:child_process';

/**
 * The content of a terminal of `columns` by `rows` after a command, scrollback and screen. Runs the command in a real
 * pseudo-terminal, that of util-linux's `script`.
 */
export function runInTerminal(
  command: string,
  { cwd, env, columns = 140, rows = 45 }: { cwd: string; env: NodeJS.ProcessEnv; columns?: number; rows?: number },
): { status: number | null; lines: string[] } {
  const sized = `stty cols ${columns} rows ${rows}; ${command}`;
  const { status, stdout } = spawnSync('script', ['-qec', sized, '/dev/null'], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return { status, lines: linesOf(stdout, columns, rows) };
}

/** The lines that a terminal shows after `output`, with cursor movements and clearing applied. */
function linesOf(output: string, columns: number, rows: number): string[] {
  const lines: string[] = [''];
  let [row, column] = [0, 0];
  const down = (): void => {
    row += 1;
    if (row === lines.length) lines.push('');
  };
  const put = (character: string): void => {
    if (column === columns) {
      down();
      column = 0;
    }
    const line = lines[row]!.padEnd(column);
    lines[row] = line.slice(0, column) + character + line.slice(column + 1);
    column += 1;
  };
  const controls: Record<string, (number: number) => void> = {
    A: (number) => (row = Math.max(lines.length - rows, 0, row - (number || 1))),
    B: (number) => (row = Math.min(lines.length - 1, row + (number || 1))),
    G: (number) => (column = Math.max(0, number - 1)),
    J: () => lines.fill('', row + 1).splice(row, 1, lines[row]!.slice(0, column)),
    K: (number) => (lines[row] = number === 2 ? '' : lines[row]!.slice(0, column)),
  };
  for (const [text, parameters, letter] of output.matchAll(token)) {
    if (letter !== undefined) controls[letter]?.(Number(parameters) || 0);
    else if (text === '\n') down();
    else if (text === '\r') column = 0;
    else if (text.length === 1 && text >= ' ') put(text);
  }
  return lines.map((line) => line.trimEnd());
}

/** A control sequence (ECMA-48, 5.4) with its parameters and its last byte, a two-character escape, or a character. */
const token = new RegExp(String.raw`${'\u001B'}\[([?\d;]*)([A-Za-z])|${'\u001B'}[^\[]|[^]`, 'g');
