import { basename } from 'node:path';
import { TemplateProblem } from './problem.ts';

/**
 * Returns the bytes of a file. Throws an error with the reason: for example, it exceeds `limit`, or is outside of the
 * workspace.
 */
export type ReadFile = (path: string, limit: number) => Buffer;

/** The bytes of a template or of a file next to one. Throws a TemplateProblem if it cannot be read. */
export function readTemplate(readFile: ReadFile, file: string, limit: number): Buffer {
  try {
    return readFile(file, limit);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TemplateProblem('template-error', `\`${basename(file)}\` cannot be read: ${reason}`);
  }
}
