import type { Member } from '@nx-image-matrix/dockerfile';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { Image } from '@nx-image-matrix/manifest';
import type { RenderedTemplates } from '@nx-image-matrix/templates';
import type { GenerateContext } from './generate-context.ts';

/** An image that is to be rendered, and with what. */
export interface PlannedImage {
  image: Image;
  context: GenerateContext;
}

/** One image, rendered, and its Dockerfile read by itself. */
export interface Draft extends PlannedImage {
  rendered: RenderedTemplates;
  /** Absent when there are errors. */
  member?: Member;
  diagnostics: Diagnostic[];
  /** Of the image's files, relative to the workspace. */
  folder: string;
  dockerfile?: { file: string; text: string };
}

/** Renders one image and reads its Dockerfile; `parentsOf` says which of ours a reference means. */
export function draftImage({ image, context }: PlannedImage, parentsOf: Member['parentsOf']): Draft {
  const rendered = context.templates.render(image);
  const folder = context.inWorkspace(image.dir);
  const draft: Draft = { image, context, rendered, diagnostics: rendered.diagnostics, folder };
  const [first] = rendered.files;
  if (!first || rendered.diagnostics.some(({ severity }) => severity === 'error')) return draft;
  const text = String(first.content);
  draft.dockerfile = { file: `${folder}/Dockerfile`, text };
  const { args } = image;
  const { facts, problems } = context.dockerfiles.read(text, args, `${image.templatesDir} ${image.releaseType}`);
  if (facts) draft.member = { text, args, facts, parentsOf };
  else draft.diagnostics = badDockerfile(draft.dockerfile.file, problems);
  return draft;
}

/** What is wrong with a Dockerfile, as diagnostics. */
export function badDockerfile(
  file: string,
  problems: readonly { line: number; column: number; message: string }[],
): Diagnostic[] {
  return problems.map((problem) => ({ code: 'bad-dockerfile', severity: 'error', file, ...problem }));
}
