import type { Value } from './expand.ts';
import { contextPaths } from './context-paths.ts';
import type { ContextSource, Entitlement } from './facts.ts';
import { parseHeredoc } from './heredocs.ts';
import type { Instruction } from './instructions.ts';
import { parseMount } from './mounts.ts';
import type { Mount } from './mounts.ts';
import { currentScope, currentStage, report, resolveWord } from './reading.ts';
import type { Reading } from './reading.ts';
import { isAutomatic } from './scope.ts';
import { splitOperands } from './words.ts';

/** https://docs.docker.com/reference/dockerfile/#copy */
export function readCopy(reading: Reading, instruction: Instruction): void {
  const from = instruction.flags.find(([name]) => name === 'from')?.[1];
  const sources = sourceWords(reading, instruction);
  if (!from) return addSources(reading, instruction, 'COPY', sources);
  const name = resolveWord(reading, instruction, from);
  if (name) currentStage(reading)?.origins.push({ name, word: from, kind: 'COPY', instruction });
}

/** https://docs.docker.com/reference/dockerfile/#add */
export function readAdd(reading: Reading, instruction: Instruction): void {
  addSources(reading, instruction, 'ADD', sourceWords(reading, instruction));
}

const ENTITLEMENTS = new Map<string, Entitlement['name']>([
  ['network=host', 'network.host'],
  ['security=insecure', 'security.insecure'],
]);

/** https://docs.docker.com/reference/dockerfile/#run---mount */
export function readRun(reading: Reading, instruction: Instruction): void {
  for (const [flag, text] of instruction.flags) {
    const name = ENTITLEMENTS.get(`${flag}=${text}`);
    const { line, column } = instruction;
    if (name) currentStage(reading)?.entitlements.push({ name, flag: `--${flag}=${text}`, line, column });
    if (flag !== 'mount') continue;
    const mount = parseMount(text, currentScope(reading), reading.escape);
    if (mount) addMount(reading, instruction, mount);
    else report(reading, instruction, `\`--mount=${text}\` has a quote or brace that is never closed`);
  }
}

function addMount(
  reading: Reading,
  instruction: Instruction,
  { type, from, fromWord, source, id, required }: Mount,
): void {
  const stage = currentStage(reading);
  const { line, column } = instruction;
  if (from?.text) stage?.origins.push({ name: from, word: fromWord, kind: 'RUN', instruction });
  else if (type === 'bind') stage?.sources.push(...contextSources(instruction, 'RUN', source));
  else if (type === 'secret' || type === 'ssh') stage?.mounts.push({ type, id, required, line, column });
}

function sourceWords(reading: Reading, instruction: Instruction): string[] {
  const words = splitOperands(instruction.operands);
  if (words.length < 2) {
    report(reading, instruction, `\`${instruction.keyword}\` needs at least one source and a destination`);
  }
  return words.slice(0, -1);
}

function addSources(reading: Reading, instruction: Instruction, keyword: 'COPY' | 'ADD', words: string[]): void {
  const hasParents = instruction.flags.some(([name]) => name === 'parents');
  for (const word of words) {
    if (parseHeredoc(word)) continue;
    // Two stars are one, except with `--parents`: https://pkg.go.dev/path/filepath#Match
    const value = resolveWord(reading, instruction, hasParents ? word : word.replace(/\*{2,}/g, '*'));
    if (value && !(keyword === 'ADD' && isRemote(value.text))) {
      currentStage(reading)?.sources.push(...contextSources(instruction, keyword, value));
    }
  }
}

/** `ADD` downloads URLs and clones Git repositories. */
function isRemote(source: string): boolean {
  return /^(?:https?|git|ssh):\/\//.test(source) || /^[\w.-]+@[\w.-]+:/.test(source);
}

function contextSources(
  { line, column }: Instruction,
  instruction: ContextSource['instruction'],
  value: Value,
): ContextSource[] {
  const unknown = value.unknown.filter((name) => !isAutomatic(name));
  return contextPaths(value).map((path) => ({
    path,
    instruction,
    line,
    column,
    ...(value.unknown.length > 0 && { unresolved: true }),
    ...(unknown.length > 0 && { unknown }),
  }));
}
