import { formatProblem } from '@nx-image-matrix/diagnostics';
import { hasWeakValue, type Secret } from '@nx-image-matrix/engine';

/** Global to the process: each secret is reported once per run, however many images have it. */
const named = new Set<string>();

/** Warns of secrets that cannot be masked, because masking them would replace ordinary words with `***`. */
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
