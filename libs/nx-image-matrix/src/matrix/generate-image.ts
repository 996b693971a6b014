import { hash } from 'node:crypto';
import type { ContextSource, DockerfileFacts, Family, ImageReference } from '@nx-image-matrix/dockerfile';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { Image } from '@nx-image-matrix/manifest';
import type { RenderedFile } from '@nx-image-matrix/templates';
import { describeImageContext, type ImageContext } from '../build-context/image-context.ts';
import type { ImageDocument } from '../types.ts';
import { dockerfileWarnings } from './dockerfile-warnings.ts';
import { badDockerfile, type Draft } from './draft.ts';
import type { ContextOfImage, GenerateContext, GeneratedFile } from './generate-context.ts';
import { formatImageDocument, imageDocument } from './image-json.ts';

/** One image with its files. Paths are relative to the build context, with `/`. */
export interface GeneratedImage {
  image: Image;
  document: ImageDocument;
  /** All files of the image's folder, sorted by path. */
  files: GeneratedFile[];
  /** Contents of the files, in the same order. */
  rendered: RenderedFile[];
  /** Digest of all files together. */
  digest: string;
  /** Template files that were read for it. */
  templates: string[];
  /** Variables that the templates depend on. */
  variables: ReadonlySet<string>;
  /** Images that the Dockerfile names, own and external. */
  references: ImageReference[];
  sources: ContextSource[];
  /** Patterns of the context files that the Dockerfile copies. */
  contextInputs: string[];
  /** Patterns of the paths that the Dockerfile copies and the context's `.dockerignore` keeps out. */
  excludedPaths: string[];
  /** Patterns of files in copied folders that never enter a build: records of builds. */
  neverEntering: string[];
  warnings: Diagnostic[];
}

/** What the project graph needs of an image, and the cache stores: everything except contents and rendering data. */
export interface ImageFacts extends Omit<GeneratedImage, 'image' | 'rendered' | 'warnings' | 'variables'> {
  image: Pick<Image, keyof ReturnType<typeof identityOf>>;
}

/** The images that an image starts from. */
export interface ImageOrigin {
  /** Its parent: the image in the last `FROM` of the Dockerfile. */
  from: string;
  /** The external image at the root of its ancestors; the parent itself if it is external. */
  baseImage: string;
}

export interface GenerateResult {
  /** Absent if there are errors. */
  generated?: GeneratedImage;
  diagnostics: Diagnostic[];
  /** Template files that were read for it, relative to the build context. */
  templates: readonly string[];
  /** The rendered Dockerfile, for diagnostics that point into it. */
  dockerfile?: { file: string; text: string };
}

/** Generates an image from a draft, given what its own parents pass on. */
export function generateImage(draft: Draft, family: Family, origin: ImageOrigin): GenerateResult {
  const { image, context, rendered, member, dockerfile, folder } = draft;
  const { templates } = rendered;
  if (!member || !dockerfile) return { diagnostics: draft.diagnostics, templates, dockerfile };
  const { facts, problems } = family.read(member);
  if (!facts) return { diagnostics: badDockerfile(dockerfile.file, problems), templates, dockerfile };
  const unversioned = context.unversioned && (rendered.usesVersion || versionedDocument(image, facts));
  const fromContext = readContext(facts, context);
  const others = [...rendered.files, fromContext.file];
  const document = imageDocument({ ...image, ...origin }, facts.args, unversioned, {
    manifest: context.manifest,
    folder,
    files: [...others.map(({ path }) => path), 'image.json'].sort(),
  });
  const all = [...others, textFile('image.json', formatImageDocument(document))].sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  const files = all.map((file) => (file === fromContext.file ? fromContext.generated : fileOf(file)));
  const warnings = [
    ...rendered.diagnostics,
    ...dockerfileWarnings(image, facts, dockerfile.text, dockerfile.file),
    ...exclusionWarnings(fromContext, dockerfile.file, context),
  ];
  return {
    generated: {
      image,
      document,
      files,
      rendered: all,
      variables: rendered.variables,
      warnings,
      digest: digestOf(files),
      templates,
      references: facts.references,
      sources: facts.sources,
      contextInputs: fromContext.inputs,
      excludedPaths: fromContext.excludedPaths,
      neverEntering: fromContext.neverEntering,
    },
    diagnostics: warnings,
    templates,
    dockerfile,
  };
}

function readContext(facts: DockerfileFacts, context: GenerateContext): ContextOfImage {
  let found = context.fromContext.get(facts.sources);
  if (!found) {
    found = knownContext(facts.sources, context);
    context.fromContext.set(facts.sources, found);
  }
  return found;
}

/** Images of a template that copy the same paths share the result. */
function knownContext(sources: readonly ContextSource[], context: GenerateContext): ContextOfImage {
  const key = sha256(JSON.stringify(sources));
  let found = context.fromSameSources.get(key);
  if (!found) {
    const described = describeImageContext(sources, context.buildContext);
    const file = textFile('Dockerfile.dockerignore', described.dockerignore);
    found = { ...described, file, generated: fileOf(file) };
    context.fromSameSources.set(key, found);
  }
  return found;
}

function exclusionWarnings({ excluded }: ImageContext, file: string, { inWorkspace }: GenerateContext): Diagnostic[] {
  return excluded.map(({ source: { line, column }, path, rule }) => ({
    code: 'copies-excluded-path',
    severity: 'warning',
    file,
    line,
    column,
    message: `"${path}" is copied, but line ${rule.line} of ${inWorkspace('.dockerignore')} ("${rule.pattern.text}") keeps it out of the build context, so the build will not find it.`,
    hint: `remove that line, or let the path in with a line "!${path}" after it`,
  }));
}

function versionedDocument(image: Image, facts: DockerfileFacts): boolean {
  return image.versioned.some((path) =>
    path.startsWith('args.') ? facts.args.includes(path.slice('args.'.length)) : path !== 'version',
  );
}

function textFile(path: string, content: string): RenderedFile {
  return { path, content, executable: false };
}

/** A file without its content. */
export function fileOf({ path, executable, content }: RenderedFile): GeneratedFile {
  return { path, executable, hash: typeof content === 'string' ? sha256(content) : hashOfBytes(content) };
}

const hashes = new WeakMap<Buffer, string>();

/** A file next to a template has the same bytes for all its images. */
function hashOfBytes(bytes: Buffer): string {
  const known = hashes.get(bytes) ?? sha256(bytes);
  hashes.set(bytes, known);
  return known;
}

/** A generated image without the data that is only needed to write it. */
export function factsOf({
  image,
  rendered: _contents,
  warnings: _warnings,
  variables: _variables,
  ...rest
}: GeneratedImage): ImageFacts {
  return { ...rest, image: identityOf(image) };
}

function identityOf(image: Image) {
  return {
    name: image.name,
    dir: image.dir,
    package: image.package,
    releaseType: image.releaseType,
    template: image.template,
    distro: image.distro,
    cuda: image.cuda,
    axes: image.axes,
    push: image.push,
    ...(image.scan && { scan: image.scan }),
    tests: image.tests,
    nxTags: image.nxTags,
    reference: image.reference,
    baseImage: image.baseImage,
    position: image.position,
  };
}

/** The cache key of `docker-generate`: a digest of all files of an image. */
export function digestOf(files: readonly GeneratedFile[]): string {
  return sha256(JSON.stringify(files));
}

/** SHA-256, in hexadecimal. */
export function sha256(content: Buffer | string): string {
  return hash('sha256', content, 'hex');
}
