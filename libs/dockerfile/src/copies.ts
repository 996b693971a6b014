import { posix } from 'node:path';
import type { Value } from './expand.ts';
import type { ContextSource } from './facts.ts';
import { parseHeredoc } from './heredocs.ts';
import type { Instruction } from './instructions.ts';
import { parseMount } from './mounts.ts';
import { currentScope, report, resolveWord } from './reading.ts';
import type { Reading } from './reading.ts';
import { splitOperands } from './words.ts';

/** https://docs.docker.com/reference/dockerfile/#copy */
export function readCopy(reading: Reading, instruction: Instruction): void {
  const from = instruction.flags.find(([name]) => name === 'from')?.[1];
  const sources = sourceWords(reading, instruction);
  if (!from) return addSources(reading, instruction, 'COPY', sources);
  const name = resolveWord(reading, instruction, from);
  if (name) reading.origins.push({ name, kind: 'COPY', instruction });
}

/** https://docs.docker.com/reference/dockerfile/#add */
export function readAdd(reading: Reading, instruction: Instruction): void {
  addSources(reading, instruction, 'ADD', sourceWords(reading, instruction));
}

/** https://docs.docker.com/reference/dockerfile/#run---mount */
export function readRun(reading: Reading, instruction: Instruction): void {
  for (const [flag, text] of instruction.flags) {
    if (flag !== 'mount') continue;
    const mount = parseMount(text, currentScope(reading), reading.escape);
    if (!mount) report(reading, instruction, `\`--mount=${text}\` has a quote or brace that is never closed`);
    else if (mount.from?.text) reading.origins.push({ name: mount.from, kind: 'RUN', instruction });
    else if (mount.type === 'bind') reading.sources.push(contextSource(instruction, 'RUN', mount.source));
  }
}

function sourceWords(reading: Reading, instruction: Instruction): string[] {
  const words = splitOperands(instruction.operands);
  if (words.length < 2) {
    report(reading, instruction, `\`${instruction.keyword}\` needs at least one source and a destination`);
  }
  return words.slice(0, -1);
}

function addSources(reading: Reading, instruction: Instruction, keyword: 'COPY' | 'ADD', words: string[]): void {
  for (const word of words) {
    if (parseHeredoc(word)) continue;
    const value = resolveWord(reading, instruction, word);
    if (value && !(keyword === 'ADD' && isRemote(value.text))) {
      reading.sources.push(contextSource(instruction, keyword, value));
    }
  }
}

/** `ADD` downloads URLs and clones Git repositories. */
function isRemote(source: string): boolean {
  return /^(?:https?|git|ssh):\/\//.test(source) || /^[\w.-]+@[\w.-]+:/.test(source);
}

function contextSource(
  { line, column }: Instruction,
  instruction: ContextSource['instruction'],
  { text, unresolved }: Value,
): ContextSource {
  // Docker takes the context for the root of all paths, so that `../x` is `x`.
  const path = posix.normalize(`/${text}`).replace(/^\/+|\/+$/g, '');
  return { path, instruction, line, column, ...(unresolved && { unresolved }) };
}
