import { splitQuoted, unquote } from './words.ts';

export interface Heredoc {
  /** The line that ends it. */
  name: string;
  /** Whether tabs before the last line are skipped (`<<-`). */
  tabs: boolean;
}

/** The heredocs that a line starts, in order. One inside quotes (`sh -c 'cat <<X'`) belongs to the shell. */
export function findHeredocs(line: string): Heredoc[] {
  return (splitQuoted(line) ?? []).map(parseHeredoc).filter((heredoc) => heredoc !== undefined);
}

export function parseHeredoc(word: string): Heredoc | undefined {
  const match = /^\d*<<(-?)([^<]+)$/.exec(word);
  if (!match) return undefined;
  const [, dash, quoted = ''] = match;
  const name = unquote(quoted);
  return name ? { name, tabs: dash === '-' } : undefined;
}
