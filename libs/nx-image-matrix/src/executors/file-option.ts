import { resolve } from 'node:path';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import type { ExecutorContext } from '@nx/devkit';
import { writeReport } from './write-report.ts';

/** Whether an option that may name a file is given: without a value it arrives as `true`, `"true"` or an empty text. */
export function isGiven(option: boolean | string | undefined): option is true | string {
  return option !== undefined && option !== false && option !== 'false';
}

/** The path that such an option names, if any. */
export function pathOf(option: true | string): string | undefined {
  return option === true || option === 'true' || option === '' ? undefined : option;
}

/** Writes a report to a path relative to the workspace, and says so: `The image matrix was written to matrix.html`. */
export function reportTo(
  path: string,
  text: string,
  what: string,
  { root }: Pick<ExecutorContext, 'root'>,
): { success: boolean } {
  try {
    writeReport(root, resolve(root, path), text);
  } catch (error) {
    console.error(messageOf(error));
    return { success: false };
  }
  console.log(`${what} to ${path}`);
  return { success: true };
}
