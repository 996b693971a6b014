import { isNull, valueOf } from '../normalise/read.ts';
import { isTrue } from '../normalise/signing.ts';
import type { Problems } from '../yaml/problems.ts';
import type { Node } from '../yaml/tree.ts';
import { checkCredentialName } from './credential-name.ts';

/** `sign` of a repository: a key or an identity, and a log for the latter. */
export function checkSigning(node: Node | undefined, problems: Problems): void {
  if (node?.kind !== 'map') return;
  const key = valueOf(node, 'key');
  const keyless = isTrue(valueOf(node, 'keyless'));
  const log = valueOf(node, 'transparency_log');
  const report = (message: string, hint: string): void =>
    problems.add(node, 'bad-sign', message, { hint, harmless: true });
  checkCredentialName('key', key, problems);
  if (key && !isNull(key) && keyless) report('`sign` has both `key` and `keyless`', 'keep one of the two');
  if ((!key || isNull(key)) && !keyless) {
    report('`sign` has neither a `key` nor `keyless: true`', 'write the name of the variable with the key at `key`');
  }
  if (keyless && log?.kind === 'scalar' && log.value === false) {
    report(
      '`keyless` needs the transparency log',
      'the certificate of a keyless signature ends after minutes, and the log proves that it was valid; remove `transparency_log`',
    );
  }
}
