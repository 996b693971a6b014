import { basename } from 'node:path';
import { TemplateProblem } from './problem.ts';

/**
 * Gives the bytes of a file. Throws an error that says why not: it is larger than `limit`, say, or lies outside of the
 * workspace.
 */
export type ReadFile = (path: string, limit: number) => Buffer;

/** The bytes of a template or of a file beside one. Throws a TemplateProblem where it cannot be read. */
export function readTemplate(readFile: ReadFile, file: string, limit: number): Buffer {
  try {
    return readFile(file, limit);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TemplateProblem('template-error', `\`${basename(file)}\` cannot be read: ${reason}`);
  }
}
