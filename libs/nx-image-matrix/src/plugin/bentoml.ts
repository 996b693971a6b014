import { existsSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { readText } from '../matrix/read-sources.ts';

/**
 * The manifests of BentoML's container tool that have not been migrated: they have the keys of this plugin's, but Jinja
 * templates only. Looked for only when manifests have errors.
 */
export function bentomlManifests(workspaceRoot: string, manifests: readonly string[]): string[] {
  return manifests.filter((file) => {
    const found = readText(workspaceRoot, file);
    if (!('text' in found) || !/^packages\s*:/m.test(found.text) || !/^releases\s*:/m.test(found.text)) return false;
    const folder = join(workspaceRoot, posix.dirname(file));
    const dirs = [...found.text.matchAll(/templates_dir:\s*["']?(\w[\w/-]*)/g)].map(([, dir = '']) => dir);
    return hasJinjaOnly([...new Set(dirs)].map((dir) => join(folder, dir)));
  });
}

function hasJinjaOnly(folders: readonly string[]): boolean {
  const names = folders.flatMap((folder) =>
    namesIn(folder).map((name) => (existsSync(join(folder, name, 'Dockerfile.liquid')) ? `${name}.liquid` : name)),
  );
  return names.some((name) => /[-.]dockerfile\.j2$/i.test(name)) && !names.some((name) => name.endsWith('.liquid'));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A warning for each of them. */
export function unmigrated(manifests: readonly string[]): Diagnostic[] {
  return manifests.map((file) => ({
    code: 'bentoml-manifest',
    severity: 'warning',
    file,
    line: 1,
    column: 1,
    message: 'this is a manifest of BentoML with Jinja templates, and no image is made of it',
    hint: `run \`nx g nx-image-matrix:migrate-bentoml ${file}\``,
  }));
}
