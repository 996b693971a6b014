import type { Value } from './expand.ts';
import type { Instruction } from './instructions.ts';
import { limitStages } from './limits.ts';
import { report, resolveWord } from './reading.ts';
import type { Origin, Reading } from './reading.ts';
import { stageScope } from './scope.ts';
import { matchesWildcard } from './wildcard.ts';

/** https://docs.docker.com/reference/dockerfile/#from */
export function readFrom(reading: Reading, instruction: Instruction): void {
  limitStages(reading.stages.length);
  const from = baseImage(reading, instruction);
  // A line that is wrong begins a stage all the same, or all that follows would seem to stand before the first one.
  if (from === undefined) return void reading.stages.push({ from: '', line: instruction.line, scope: stageScope() });
  const parent = reading.stages.findLast((stage) => isStageName(from, stage.name));
  if (!parent && from.text !== 'scratch') addFromReference(reading, instruction, from);
  const name = instruction.operands.split(/\s+/)[2];
  const scope = stageScope(parent?.scope);
  reading.stages.push({ ...(name !== undefined && { name }), from: from.text, line: instruction.line, scope });
}

function baseImage(reading: Reading, instruction: Instruction): Value | undefined {
  const [image, as, name, ...rest] = instruction.operands.split(/\s+/);
  const isNamed = as?.toUpperCase() === 'AS' && name !== undefined && rest.length === 0;
  if (!image || (as !== undefined && !isNamed)) {
    const found = `FROM ${instruction.operands}`.trim();
    report(reading, instruction, `\`${found}\` is not \`FROM image\` or \`FROM image AS name\``);
    return undefined;
  }
  const from = resolveWord(reading, instruction, image, reading.globals);
  if (from?.text !== '') return from;
  report(reading, instruction, `\`FROM ${image}\` names no image: its value is empty`);
  return undefined;
}

function addFromReference(reading: Reading, instruction: Instruction, from: Value): void {
  const flag = instruction.flags.find(([name]) => name === 'platform')?.[1];
  const platform = flag === undefined ? undefined : resolveWord(reading, instruction, flag, reading.globals);
  reading.references.push({
    reference: from.text,
    kind: 'FROM',
    line: instruction.line,
    column: instruction.column,
    ...(platform && { platform: platform.unresolved ? flag : platform.text }),
    ...(from.unresolved && { unresolved: true }),
  });
}

/** Adds the images among the origins, now that all stages are known. */
export function addOrigins(reading: Reading): void {
  for (const { name, kind, instruction } of reading.origins) {
    if (isStage(reading, name) || name.text === 'scratch') continue;
    if (kind === 'COPY' && /^\d+$/.test(name.text)) {
      report(reading, instruction, `\`--from=${name.text}\`: there is no stage with this number`);
      continue;
    }
    const { line, column } = instruction;
    const unresolved = name.unresolved && ({ unresolved: true } as const);
    reading.references.push({ reference: name.text, kind, line, column, ...unresolved });
  }
  reading.references.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** A stage may be named, in any case, or counted from 0. */
function isStage(reading: Reading, origin: Origin['name']): boolean {
  return reading.stages.some(({ name }, index) => origin.text === String(index) || isStageName(origin, name));
}

function isStageName(value: Value, stage: string | undefined): boolean {
  if (stage === undefined) return false;
  const name = stage.toLowerCase();
  const text = value.text.toLowerCase();
  return value.unresolved ? matchesWildcard(text, name) : text === name;
}
