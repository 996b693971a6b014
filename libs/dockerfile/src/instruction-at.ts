import { readDirectives, readInstructions, splitLines } from './instructions.ts';

/** The keyword of the instruction that a line of a Dockerfile belongs to, in upper case; `undefined` above the first. */
export function instructionAt(text: string, line: number): string | undefined {
  const lines = splitLines(text).slice(0, line);
  const [instructions] = readInstructions(lines, readDirectives(lines).escape);
  return instructions.findLast((instruction) => instruction.line <= line)?.keyword;
}
