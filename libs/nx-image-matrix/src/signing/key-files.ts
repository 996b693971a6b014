import { variableOf } from '@nx-image-matrix/engine';
import { readRepositoryEntries } from '../repositories/repositories.ts';
import { pathOfKey } from './signing-key.ts';

/** Absolute paths of the files of keys that manifests sign with in this environment, with the variable that names each. */
export function keyFiles(workspaceRoot: string, manifests: Iterable<string>): Map<string, string> {
  const files = new Map<string, string>();
  for (const manifest of manifests) {
    for (const { sign } of readRepositoryEntries(workspaceRoot, manifest)) {
      const value = sign?.key && variableOf(process.env, sign.key)?.trim();
      const path = value ? pathOfKey(workspaceRoot, value) : undefined;
      if (sign?.key && path !== undefined) files.set(path, sign.key);
    }
  }
  return files;
}
