import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../support/installation.ts';

/** A fenced block of a page. */
export interface Block {
  /** Line of the fence, counted from 1. */
  line: number;
  language: string;
  text: string;
  /** From `<!-- not run: ... -->` above the block. */
  notRun?: string;
  /** From `<!-- file: ... -->` above the block: its path in the workspace. */
  file?: string;
}

/** README.md and every page of docs/, relative to the repository. */
export const pages: string[] = [
  'README.md',
  ...readdirSync(join(repository, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export function readPage(page: string): string {
  return readFileSync(join(repository, page), 'utf8');
}

/** The workspace of a page, from `<!-- workspace: ... -->` in its first line. */
export function workspaceOf(text: string): string {
  return /^<!-- workspace: (\S+) -->/.exec(text)?.[1] ?? 'small';
}

/** The blocks of a page, in order. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  let open: (Block & { fence: string }) | undefined;
  let above = '';
  for (const [index, line] of lines.entries()) {
    const fence = /^\s*(`{3,})(\w*)/.exec(line);
    if (open) {
      if (line.trim() === open.fence) {
        const { fence: _, ...block } = open;
        blocks.push(block);
        open = undefined;
        above = '';
      } else open.text += `${line}\n`;
    } else if (fence) {
      open = { fence: fence[1]!, line: index + 1, language: fence[2]!, text: '', ...comments(above) };
    } else if (line.trim() !== '') above = line;
  }
  return blocks;
}

/** The page without its blocks, to find headings and links. */
export function proseOf(text: string): string {
  return text.replaceAll(/^(\s*`{3,})[^]*?^\s*`{3,}\s*$/gm, '');
}

function comments(line: string): Pick<Block, 'notRun' | 'file'> {
  const notRun = /^<!-- not run: (.+?) -->$/.exec(line)?.[1];
  const file = /^<!-- file: (\S+) -->$/.exec(line)?.[1];
  return { ...(notRun && { notRun }), ...(file && { file }) };
}
