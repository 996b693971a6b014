import { isVariableName } from '@nx-image-matrix/diagnostics';
import { loginKeys } from '../normalise/login.ts';
import { valueOf } from '../normalise/read.ts';
import type { Problems } from '../yaml/problems.ts';
import type { Node } from '../yaml/tree.ts';

/** Reports a value that should be the name of a variable. It may be a pasted password and is never shown. */
export function checkCredentialName(key: string, value: Node | undefined, problems: Problems): void {
  if (
    value?.kind !== 'scalar' ||
    value.value === null ||
    typeof value.value === 'boolean' ||
    isVariableName(value.text)
  )
    return;
  problems.add(value, 'bad-credential-name', `\`${key}\` must be the name of an environment variable`, {
    hint: 'put the value into a variable of the environment and write the name of the variable here',
    conceal: true,
    harmless: true,
  });
}

/** The same for the variables of an entry of `repository`, or of `staging`. */
export function checkLoginNames(node: Node, problems: Problems): void {
  for (const key of loginKeys) checkCredentialName(key, valueOf(node, key), problems);
}
