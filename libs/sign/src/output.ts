import { plainText } from '@nx-image-matrix/engine';

/** Lines of cosign's output that are shown. */
const SHOWN = 20;

/** What cosign says of a failure: each line once, without its warnings and its notice of terms. */
export function outputOf({ stdout, stderr }: { stdout: string; stderr: string }): string[] {
  const lines = plainText(stderr.trim() || stdout)
    .split('\n')
    .map((line) => line.trim().replace(/^(?:error during command execution|Error): /, ''))
    .filter((line) => line !== '' && !line.startsWith('WARNING: '));
  return [...new Set(lines)].slice(-SHOWN);
}
