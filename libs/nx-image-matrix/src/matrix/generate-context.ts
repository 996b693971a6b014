import type { ContextSource, DockerfileReader } from '@nx-image-matrix/dockerfile';
import type { RenderedFile, TemplateEngine } from '@nx-image-matrix/templates';
import type { BuildContext, ImageContext } from '../build-context/image-context.ts';

/** A file of an image's folder, without its content. */
export interface GeneratedFile {
  /** Relative to the image's folder, with `/`. */
  path: string;
  executable: boolean;
  /** SHA-256 of the content, hexadecimal. */
  hash: string;
}

/** What the images of one manifest are made with. */
export interface GenerateContext {
  templates: TemplateEngine;
  dockerfiles: DockerfileReader;
  buildContext: BuildContext;
  /** What follows from the sources of a Dockerfile, which those of one template share. */
  fromContext: WeakMap<readonly ContextSource[], ContextOfImage>;
  /** The same, by a digest of these sources. */
  fromSameSources: Map<string, ContextOfImage>;
  /** Workspace-relative path of the manifest. */
  manifest: string;
  /** No release version was given. */
  unversioned: boolean;
  /** Workspace-relative path of a path of the build context. */
  inWorkspace: (path: string) => string;
}

/** The build context of an image, and its file. */
export interface ContextOfImage extends ImageContext {
  /** The `Dockerfile.dockerignore`. */
  file: RenderedFile;
  generated: GeneratedFile;
}
