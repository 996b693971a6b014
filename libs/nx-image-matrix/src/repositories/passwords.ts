import { hide, variableOf, type Secret } from '@nx-image-matrix/engine';
import { PASSWORD_VARIABLE } from '@nx-image-matrix/sign';
import { warnOfWeak } from '../secrets/warn-of-weak.ts';
import { isPlaceOfKey } from '../signing/signing-key.ts';
import { readCredentials, type CredentialNames } from './repositories.ts';

/**
 * Passwords of a manifest's repositories and of its staging, and keys for signatures, whose variables are set. Masks them in all output, or warns if that is
 * impossible.
 */
export function repositoryPasswords(workspaceRoot: string, manifest: string): Secret[] {
  const credentials = readCredentials(workspaceRoot, manifest);
  const keys = new Set(credentials.keys);
  const passwords = [...namesIn(manifest, credentials).keys()].flatMap((name) => {
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
  const all = [...manifests].map((manifest) => namesIn(manifest, readCredentials(workspaceRoot, manifest)));
  // The first manifest that names a variable counts.
  return new Map(all.toReversed().flatMap((names) => [...names]));
}

function namesIn(manifest: string, { logins, keys }: CredentialNames): Map<string, string> {
  const passwords = logins.flatMap(({ password }) => password ?? []);
  const holds = (names: readonly string[], what: string) => names.map((name): [string, string] => [name, what]);
  return new Map([
    ...holds(keys, `a key for signatures (\`sign\` in ${manifest})`),
    ...holds(keys.length > 0 ? [PASSWORD_VARIABLE] : [], `the password of a key (\`sign\` in ${manifest})`),
    ...holds(passwords, `a password of a registry (\`pwd\` in ${manifest})`),
  ]);
}
