import type { ContextSource, DockerfileReader } from '@nx-image-matrix/dockerfile';
import type { BaseLock } from '@nx-image-matrix/manifest';
import type { RenderedFile, TemplateEngine } from '@nx-image-matrix/templates';
import type { BuildContext, ImageContext } from '../build-context/image-context.ts';

/** A file of an image's folder, without its content. */
export interface GeneratedFile {
  /** Relative to the image's folder, with `/`. */
  path: string;
  executable: boolean;
  /** SHA-256 of the content, in hexadecimal. */
  hash: string;
}

/** The context shared by the images of one manifest. */
export interface GenerateContext {
  templates: TemplateEngine;
  dockerfiles: DockerfileReader;
  buildContext: BuildContext;
  /** Absent without an `images.lock`. */
  baseLock?: BaseLock;
  /** Derived from the sources of a Dockerfile; shared by the images of one template. */
  fromContext: WeakMap<readonly ContextSource[], ContextOfImage>;
  /** The same, by a digest of these sources. */
  fromSameSources: Map<string, ContextOfImage>;
  /** Workspace-relative path of the manifest. */
  manifest: string;
  /** Whether no release version is set. */
  unversioned: boolean;
  /** Converts a path of the build context to a path of the workspace. */
  inWorkspace: (path: string) => string;
}

/** The build context of an image, and its ignore file. */
export interface ContextOfImage extends ImageContext {
  /** Text of the `Dockerfile.dockerignore`. */
  file: RenderedFile;
  generated: GeneratedFile;
}
