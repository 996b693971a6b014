import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { generatedImagesOf } from '../../matrix/generated-images-of.ts';
import type { OptionsOf } from '../../options/manifest-options.ts';

/**
 * What would keep the project graph from loading with these files, as lines with file, line and hint. Renders every
 * image of the manifest, in a temporary folder.
 */
export function graphErrors(manifest: string, files: ReadonlyMap<string, string>, optionsOf: OptionsOf): string[] {
  const root = mkdtempSync(join(tmpdir(), 'migrate-bentoml-'));
  try {
    for (const [path, text] of files) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const { diagnostics } = generatedImagesOf({ root, manifests: [manifest], optionsOf, environment: {} });
    return diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ file, line, code, message, hint }) => `${file}:${line}: ${message} (${code})${hint ? `; ${hint}` : ''}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
