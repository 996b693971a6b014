import { type Diagnostic, sortDiagnostics } from '@nx-image-matrix/diagnostics';
import { Problems } from './yaml/problems.ts';
import { expandImages } from './expand/expand-images.ts';
import type { Manifest } from './manifest.ts';
import { normalise } from './normalise/normalise.ts';
import { soundParts } from './normalise/sound-parts.ts';
import { rules } from './rules/rules.ts';
import { checkSchema } from './schema/check-schema.ts';
import { noFiles, type FileReader } from './parts/file-reader.ts';
import { readWhole } from './parts/read-whole.ts';

export interface ParsedManifest {
  /** Absent if the diagnostics include an error. */
  manifest?: Manifest;
  diagnostics: Diagnostic[];
}

/**
 * Reads a manifest; diagnostics call it `file`. Without `text`, `file` is a folder whose files are the manifest.
 * `reader` reads the files that it includes, and data files; diagnostics of such a file name that file. Reports all
 * problems at once: if there are errors, also those that expanding the sound parts finds. Never throws for bad input.
 */
export function parseManifest(text: string | undefined, file: string, reader: FileReader = noFiles): ParsedManifest {
  const problems = new Problems(file);
  const tree = readWhole(text, file, reader, problems);
  if (!tree) return { diagnostics: sortDiagnostics(problems.diagnostics) };
  checkSchema(tree, problems);
  const manifest = normalise(tree, file);
  for (const check of rules) check({ tree, manifest, problems });
  if (problems.diagnostics.length === 0) return { manifest, diagnostics: [] };
  const { diagnostics } = expandImages(soundParts(manifest, problems), {});
  // Warnings about missing parts may be wrong, because malformed parts were left out.
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return { diagnostics: sortDiagnostics([...problems.diagnostics, ...errors]) };
}
