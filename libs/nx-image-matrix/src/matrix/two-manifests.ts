import { posix } from 'node:path';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';

/** Two manifests in one folder share a build context, an output folder and a project, so neither is read. */
export function findTwins(manifests: readonly string[]): Diagnostic[] {
  const first = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  for (const file of manifests) {
    const folder = posix.dirname(file);
    const twin = first.get(folder);
    if (twin === undefined) first.set(folder, file);
    else diagnostics.push(twins(twin, file));
  }
  return diagnostics;
}

function twins(one: string, other: string): Diagnostic {
  return {
    code: 'two-manifests',
    severity: 'error',
    file: one,
    line: 1,
    column: 1,
    message: `${one} and ${other} are manifests in one folder, and would write the same files.`,
    hint: 'keep one of the two, or move one into a folder of its own',
  };
}
