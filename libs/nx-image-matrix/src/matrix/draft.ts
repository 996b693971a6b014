import type { Member } from '@nx-image-matrix/dockerfile';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { Image } from '@nx-image-matrix/manifest';
import type { RenderedTemplates } from '@nx-image-matrix/templates';
import type { GenerateContext } from './generate-context.ts';

/** An image to render, and its settings. */
export interface PlannedImage {
  image: Image;
  context: GenerateContext;
}

/** One rendered image, with its Dockerfile read on its own. */
export interface Draft extends PlannedImage {
  rendered: RenderedTemplates;
  /** Absent if there are errors. */
  member?: Member;
  diagnostics: Diagnostic[];
  /** Of the image's files, relative to the workspace. */
  folder: string;
  dockerfile?: { file: string; text: string };
}

/** Renders one image and reads its Dockerfile; `parentsOf` returns the own images that a reference means. */
export function draftImage({ image, context }: PlannedImage, parentsOf: Member['parentsOf']): Draft {
  const rendered = context.templates.render(image);
  const folder = context.inWorkspace(image.dir);
  const draft: Draft = { image, context, rendered, diagnostics: rendered.diagnostics, folder };
  const [first] = rendered.files;
  if (!first || rendered.diagnostics.some(({ severity }) => severity === 'error')) return draft;
  const text = String(first.content);
  draft.dockerfile = { file: `${folder}/Dockerfile`, text };
  const { args } = image;
  const { facts, problems } = context.dockerfiles.read(text, args, `${image.templatesDir} ${image.template}`);
  if (facts) draft.member = { text, args, facts, parentsOf };
  else draft.diagnostics = badDockerfile(draft.dockerfile.file, problems);
  return draft;
}

/** The errors of a Dockerfile, as diagnostics. */
export function badDockerfile(
  file: string,
  problems: readonly { line: number; column: number; message: string }[],
): Diagnostic[] {
  return problems.map((problem) => ({ code: 'bad-dockerfile', severity: 'error', file, ...problem }));
}
