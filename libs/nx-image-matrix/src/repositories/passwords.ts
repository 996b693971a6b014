import { hide, variableOf, type Secret } from '@nx-image-matrix/engine';
import { warnOfWeak } from '../secrets/warn-of-weak.ts';
import { readLogins } from './repositories.ts';

/**
 * Passwords of a manifest's repositories and of its staging whose variables are set. Masks them in all output, or warns if that is
 * impossible.
 */
export function repositoryPasswords(workspaceRoot: string, manifest: string): Secret[] {
  const passwords = [...passwordVariables(workspaceRoot, [manifest]).keys()].flatMap((name) => {
    const value = variableOf(process.env, name);
    if (!value) return [];
    hide(value);
    return [{ from: `the environment variable ${name}`, value }];
  });
  warnOfWeak(passwords);
  return passwords;
}

/** Variables named in the `pwd` keys of manifests, with the manifest. */
export function passwordVariables(workspaceRoot: string, manifests: Iterable<string>): Map<string, string> {
  const variables = new Map<string, string>();
  for (const manifest of manifests) {
    for (const { password } of readLogins(workspaceRoot, manifest)) {
      if (password && !variables.has(password)) variables.set(password, manifest);
    }
  }
  return variables;
}
