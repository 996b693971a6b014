import { hide, variableOf, type Secret } from '@nx-image-matrix/engine';
import { warnOfWeak } from '../secrets/warn-of-weak.ts';
import { readRepositoryEntries } from './repositories.ts';

/**
 * Passwords of the repositories of a manifest, as far as their variables are set; hidden from all output, or warned of
 * where they cannot be.
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

/** Names of the variables that the `pwd` keys of manifests name, with the manifest. */
export function passwordVariables(workspaceRoot: string, manifests: Iterable<string>): Map<string, string> {
  const variables = new Map<string, string>();
  for (const manifest of manifests) {
    for (const { password } of readRepositoryEntries(workspaceRoot, manifest)) {
      if (password && !variables.has(password)) variables.set(password, manifest);
    }
  }
  return variables;
}
