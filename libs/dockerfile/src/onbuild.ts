import { parseInstruction } from './instructions.ts';
import type { Instruction } from './instructions.ts';
import { currentStage, report } from './reading.ts';
import type { Reading } from './reading.ts';

const FORBIDDEN = new Set(['FROM', 'MAINTAINER', 'ONBUILD']);

/**
 * Stores an instruction for stages and images that start `FROM` this one:
 * https://docs.docker.com/reference/dockerfile/#onbuild
 */
export function readOnbuild(reading: Reading, instruction: Instruction): void {
  const { operands } = instruction;
  if (operands === '') return report(reading, instruction, '`ONBUILD` has nothing after it');
  const { keyword } = parseInstruction(operands, instruction);
  if (FORBIDDEN.has(keyword)) report(reading, instruction, `\`ONBUILD ${keyword}\` is not allowed`);
  else currentStage(reading)?.triggers.push(operands);
}

/**
 * The `ONBUILD` instructions that another image or stage adds after a `FROM`, at the position of the `FROM`, as
 * BuildKit reports them.
 */
export function triggered({ line, column }: Instruction, triggers: readonly string[]): Instruction[] {
  return triggers.map((text) => parseInstruction(text, { line, column }));
}
