import { formatProblem } from '@nx-image-matrix/diagnostics';
import { hasWeakValue, type Secret } from '@nx-image-matrix/engine';

/** Of the whole process: each secret is named once in a run, however many images have it. */
const named = new Set<string>();

/** Says of which secrets a value cannot be masked, since masking it would put `***` in place of ordinary words. */
export function warnOfWeak(secrets: readonly Secret[], warn: (line: string) => void = console.warn): void {
  for (const secret of secrets) {
    if (named.has(secret.from) || !hasWeakValue(secret)) continue;
    named.add(secret.from);
    warn(
      formatProblem({
        code: 'weak-secret',
        severity: 'warning',
        message:
          `${secret.from} holds a value that is a common word or shorter than six characters, so it is neither masked ` +
          'in the output nor found in generated files',
        hint: 'use a longer one',
      }),
    );
  }
}
