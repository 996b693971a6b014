import { instructionAt } from '@nx-image-matrix/dockerfile';
import type { Cause } from './cause.ts';
import { changedPart } from './hunks.ts';
import { textOfFile } from './image-difference.ts';
import type { SideImage } from './read-side.ts';

/** The first line of a generated file that differs between two states of an image, and its instruction. */
export function outputLine(before: SideImage, after: SideImage, file: string): Cause['output'] {
  const [old, now] = [textOfFile(before, file), textOfFile(after, file)];
  if (old === undefined || now === undefined) return undefined;
  const hunk = changedPart(old, now);
  if (!hunk) return undefined;
  const gone = hunk.after.lines.length === 0;
  const line = hunk.before.start + 1;
  const instruction = file === 'Dockerfile' ? instructionAt(gone ? old : now, line) : undefined;
  return { file, line, ...(instruction !== undefined && { instruction }), ...(gone && { gone: true as const }) };
}
