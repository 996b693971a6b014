import type { Value } from './expand.ts';
import type { Instruction } from './instructions.ts';
import { currentScope, currentStage, report, resolveWord } from './reading.ts';
import type { Reading } from './reading.ts';
import { splitQuoted } from './words.ts';

/**
 * The value of an argument is the one given to the build, else the default on its line, else that of the global
 * argument of the same name: https://docs.docker.com/reference/dockerfile/#arg
 */
export function readArg(reading: Reading, instruction: Instruction): void {
  const words = splitQuoted(instruction.operands, reading.escape) ?? [];
  if (words.length === 0)
    report(reading, instruction, `\`${`ARG ${instruction.operands}`.trim()}\` declares no argument`);
  for (const word of words) {
    const [name, text] = splitAt(word, /=/);
    if (name === '') {
      report(reading, instruction, `\`ARG ${word}\`: a name is expected before \`=\``);
      continue;
    }
    const given = Object.hasOwn(reading.given, name) ? reading.given[name] : undefined;
    const fallback = text === undefined ? reading.globals.values.get(name) : resolveWord(reading, instruction, text);
    const value = given === undefined ? fallback : { text: given, unknown: [] };
    if (value) currentScope(reading).values.set(name, value);
    (currentStage(reading)?.args ?? reading.globalArgs).push(name);
  }
}

/** `ENV name=value ...` or the older `ENV name value`: https://docs.docker.com/reference/dockerfile/#env */
export function readEnv(reading: Reading, instruction: Instruction): void {
  const { operands } = instruction;
  const [first = '', rest] = splitAt(operands, /\s+/);
  const words = first.includes('=') ? splitQuoted(operands, reading.escape) : [`${first}=${rest ?? ''}`];
  if (words === undefined || (rest === undefined && !first.includes('='))) {
    return report(reading, instruction, `\`${`ENV ${operands}`.trim()}\` is not \`ENV name=value\``);
  }
  // All values of one line see the variables as they were before it.
  const values: [string, Value][] = [];
  for (const word of words) {
    const [name, text] = splitAt(word, /=/);
    if (name === '' || text === undefined) report(reading, instruction, `\`${word}\` is not \`name=value\``);
    else {
      const value = resolveWord(reading, instruction, text);
      if (value) values.push([name, value]);
    }
  }
  const scope = currentScope(reading);
  for (const [name, value] of values) {
    scope.values.set(name, value);
    scope.environment.set(name, value);
  }
}

function splitAt(text: string, separator: RegExp): [string, string | undefined] {
  const match = separator.exec(text);
  return match ? [text.slice(0, match.index), text.slice(match.index + match[0].length)] : [text, undefined];
}
