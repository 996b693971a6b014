import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findSecret, hide, resolveBuildSecrets, type ResolvedSecret, type Secret } from '@nx-image-matrix/engine';
import type { BuildPlan } from '../build-plan/plan.ts';
import { readRepositoryEntries } from './repositories.ts';

/** The build secrets of an image, with their values; throws `EngineError` when one is missing. */
export function buildSecrets(workspaceRoot: string, { document, folder }: BuildPlan): Promise<ResolvedSecret[]> {
  return resolveBuildSecrets(document.secrets ?? [], join(workspaceRoot, folder.contextDir), process.env);
}

/** Passwords of the repositories of a manifest, as far as their variables are set; hidden from all output. */
export function repositoryPasswords(workspaceRoot: string, manifest: string): Secret[] {
  const names = readRepositoryEntries(workspaceRoot, manifest).flatMap(({ password }) => password ?? []);
  return [...new Set(names)].flatMap((name) => {
    const value = process.env[name];
    if (!value) return [];
    hide(value);
    return [{ from: `the environment variable ${name}`, value }];
  });
}

/**
 * Checks that no generated file of an image holds a secret; tags, labels and build arguments stand in `image.json`, and
 * the values of Dockerfile and further files go into the image as they are.
 *
 * @throws Error with the place, and without the value
 */
export function refuseSecrets(workspaceRoot: string, { folder, context }: BuildPlan, secrets: readonly Secret[]): void {
  if (secrets.length === 0) return;
  for (const name of folder.files) {
    const found = findSecret(readFileSync(join(workspaceRoot, folder.root, name), 'utf8'), secrets);
    if (found) {
      throw new Error(
        `${folder.root}/${name}:${found.line}  error  secret-in-image  this line holds the value of ${found.from}. ` +
          'Everybody who has the image can read it: use `secrets` and RUN --mount=type=secret, and change the secret, ' +
          'which may have been seen already.',
      );
    }
  }
  const copied = context.find(({ path }) => secrets.some(({ from }) => from === `the file ${path}`));
  if (copied) {
    throw new Error(
      `${folder.root}/Dockerfile  error  secret-in-image  it copies ${copied.path}, which is a build secret. ` +
        'Mount it with RUN --mount=type=secret instead.',
    );
  }
}
