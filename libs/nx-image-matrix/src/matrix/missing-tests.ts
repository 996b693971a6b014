import { forImages, suggest, type Diagnostic } from '@nx-image-matrix/diagnostics';
import type { Image } from '@nx-image-matrix/manifest';
import type { PathKind } from '../build-context/inputs.ts';

/** Test files of images that do not exist, each once for its place in the manifest. */
export function missingTests(
  images: readonly Pick<Image, 'name' | 'tests'>[],
  kindOf: (path: string) => PathKind,
): Diagnostic[] {
  const missing = new Map<string, { diagnostic: Diagnostic; images: string[] }>();
  const existing = new Set<string>();
  for (const { name, tests } of images) {
    for (const { path, at } of tests) {
      const kind = kindOf(path);
      if (kind === 'file') {
        existing.add(path);
        continue;
      }
      const key = JSON.stringify([path, at]);
      const found = missing.get(key) ?? { diagnostic: problem(path, kind, at), images: [] };
      found.images.push(name);
      missing.set(key, found);
    }
  }
  return [...missing.values()].map(({ diagnostic, images: [first = '', ...others] }) => {
    const near = suggest(diagnostic.message.split('`')[1] ?? '', existing);
    return {
      ...diagnostic,
      message: `${diagnostic.message} ${forImages(first, others.length)}`,
      ...(near !== undefined && { hint: `did you mean \`${near}\`?` }),
    };
  });
}

function problem(path: string, kind: PathKind, at: Diagnostic | Image['position']): Diagnostic {
  return {
    code: 'missing-test',
    severity: 'error',
    file: at.file,
    line: at.line,
    column: at.column,
    message: kind === 'folder' ? `\`${path}\` is a folder, not a test file` : `there is no test file \`${path}\``,
    hint: 'paths of `tests` are relative to the manifest; write the file, or take it out of `tests`',
  };
}
