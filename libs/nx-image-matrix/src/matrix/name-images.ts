import { type Diagnostic, forImages } from '@nx-image-matrix/diagnostics';

/** The diagnostics of rendering one image. Paths are relative to the workspace. */
export interface ImageDiagnostics {
  image: string;
  manifest: string;
  /** Other files of the manifest. */
  parts: readonly string[];
  /** Of the image's files. */
  folder: string;
  /** Template files that were read for it. */
  templates: readonly string[];
  diagnostics: readonly Diagnostic[];
}

interface Found {
  diagnostic: Diagnostic;
  first: string;
  others: number;
  /** Whether the path names the image. */
  isRendered: boolean;
  isInManifest: boolean;
}

/**
 * The diagnostics of all images, each once: those in a template, and equal ones in the Dockerfiles of one template. The
 * message names the first image and counts the others.
 */
export function nameImages(images: readonly ImageDiagnostics[]): Diagnostic[] {
  const found = new Map<string, Found>();
  for (const { image, manifest, parts, folder, templates, diagnostics } of images) {
    for (const diagnostic of diagnostics) {
      const isRendered = diagnostic.file.startsWith(`${folder}/`);
      const { file, ...rest } = diagnostic;
      const key = JSON.stringify(isRendered ? [rest, file.slice(folder.length), manifest, templates] : diagnostic);
      const known = found.get(key);
      if (known) known.others += 1;
      else {
        const isInManifest = file === manifest || parts.includes(file);
        found.set(key, { diagnostic, first: image, others: 0, isRendered, isInManifest });
      }
    }
  }
  return [...found.values()].map(named);
}

function named({ diagnostic, first, others, isRendered, isInManifest }: Found): Diagnostic {
  if (isInManifest || (isRendered && others === 0)) return diagnostic;
  return { ...diagnostic, message: `${diagnostic.message} ${forImages(first, others)}` };
}
