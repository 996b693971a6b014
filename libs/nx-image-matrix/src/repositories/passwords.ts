import { hide, variableOf, type Secret } from '@nx-image-matrix/engine';
import { PASSWORD_VARIABLE } from '@nx-image-matrix/sign';
import { warnOfWeak } from '../secrets/warn-of-weak.ts';
import { isPlaceOfKey } from '../signing/signing-key.ts';
import { readLogins, readRepositoryEntries } from './repositories.ts';

/**
 * Passwords of a manifest's repositories and of its staging, and keys for signatures, whose variables are set. Masks them in all output, or warns if that is
 * impossible.
 */
export function repositoryPasswords(workspaceRoot: string, manifest: string): Secret[] {
  const keys = new Set(readRepositoryEntries(workspaceRoot, manifest).map(({ sign }) => sign?.key));
  const passwords = [...passwordVariables(workspaceRoot, [manifest]).keys()].flatMap((name) => {
    const value = variableOf(process.env, name);
    if (!value || (keys.has(name) && isPlaceOfKey(workspaceRoot, value))) return [];
    hide(value);
    return [{ from: `the environment variable ${name}`, value }];
  });
  warnOfWeak(passwords);
  return passwords;
}

/** Variables with credentials of pushes: named in the `pwd` and `sign` keys of manifests; with what they hold. */
export function passwordVariables(workspaceRoot: string, manifests: Iterable<string>): Map<string, string> {
  const variables = new Map<string, string>();
  const add = (name: string, what: string): void => void (variables.has(name) || variables.set(name, what));
  for (const manifest of manifests) {
    for (const { password } of readLogins(workspaceRoot, manifest)) {
      if (password) add(password, `a password of a registry (\`pwd\` in ${manifest})`);
    }
    for (const { sign } of readRepositoryEntries(workspaceRoot, manifest)) {
      if (!sign?.key) continue;
      add(sign.key, `a key for signatures (\`sign\` in ${manifest})`);
      add(PASSWORD_VARIABLE, `the password of a key for signatures (\`sign\` in ${manifest})`);
    }
  }
  return variables;
}
