import type { Member, PinnedDockerfile, ReferencePinner } from '@nx-image-matrix/dockerfile';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { Image } from '@nx-image-matrix/manifest';
import type { RenderedTemplates } from '@nx-image-matrix/templates';
import type { GenerateContext } from './generate-context.ts';
import { buildArguments } from './image-json.ts';

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

/** What drafts need to know of each other. */
export interface DraftContext {
  /** Absent without an `images.lock`. */
  pinner?: ReferencePinner;
  parentsOf: Member['parentsOf'];
}

/**
 * Renders one image, appends the digests of `images.lock` to the external images that it names, and reads its Dockerfile.
 */
export function draftImage({ image, context }: PlannedImage, { pinner, parentsOf }: DraftContext): Draft {
  const rendered = context.templates.render(image);
  const folder = context.inWorkspace(image.dir);
  const draft: Draft = { image, context, rendered, diagnostics: rendered.diagnostics, folder };
  const [first, ...others] = rendered.files;
  if (!first || rendered.diagnostics.some(({ severity }) => severity === 'error')) return draft;
  const { text, args, reading } = readDraft(draft, String(first.content), pinner);
  if (text !== first.content) draft.rendered = { ...rendered, files: [{ ...first, content: text }, ...others] };
  if (args !== image.args) draft.image = { ...image, args };
  draft.dockerfile = { file: `${folder}/Dockerfile`, text };
  if (reading.facts) draft.member = { text, args, facts: reading.facts, parentsOf };
  else draft.diagnostics = badDockerfile(draft.dockerfile.file, reading.problems);
  return draft;
}

function readDraft({ image, context }: Draft, text: string, pinner: ReferencePinner | undefined): PinnedDockerfile {
  const { templatesDir, template } = image;
  const args = buildArguments(image);
  const origin = `${templatesDir} ${template}`;
  return pinner?.pin(text, args, origin) ?? { text, args, reading: context.dockerfiles.read(text, args, origin) };
}

/** The errors of a Dockerfile, as diagnostics. */
export function badDockerfile(
  file: string,
  problems: readonly { line: number; column: number; message: string }[],
): Diagnostic[] {
  return problems.map((problem) => ({ code: 'bad-dockerfile', severity: 'error', file, ...problem }));
}
