import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { expandImages, parseManifest, type ExpandOptions, type Image } from '../src/index.ts';

/** A minimal manifest: `runtime` of `app` on Debian 12. */
export const minimal = `
packages:
  app:
    runtime: [debian]
releases:
  debian:
    12:
      templates_dir: templates/debian
      base_image: debian:bookworm-slim
      add_to_tags: slim
`;

/** All problems of a manifest, from reading and from expanding it. */
export function diagnose(text: string, options: ExpandOptions = {}): Diagnostic[] {
  const { manifest, diagnostics } = parseManifest(text, 'manifest.yml');
  return manifest ? expandImages(manifest, options).diagnostics : diagnostics;
}

/** The images of a manifest that must be valid. */
export function imagesOf(text: string, options: ExpandOptions = {}): Image[] {
  const diagnostics = diagnose(text, options);
  if (diagnostics.length > 0)
    throw new Error(diagnostics.map(({ line, code, message }) => `${line}: ${code} ${message}`).join('\n'));
  return expandImages(parseManifest(text, 'manifest.yml').manifest!, options).images;
}

/** `code line:column` of each diagnostic. */
export function summary(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ code, line, column }) => `${code} ${line}:${column}`);
}

/** Removes the mark `¦` from a text; also returns where it was. */
export function marked(text: string): { text: string; line: number; column: number } {
  const lines = text.slice(0, text.indexOf('¦')).split('\n');
  return { text: text.replace('¦', ''), line: lines.length, column: lines.at(-1)!.length + 1 };
}
