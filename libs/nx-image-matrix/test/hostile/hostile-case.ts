import type { ImageMatrixOptions } from '../../src/options/options.ts';
import type { Sandbox } from './sandbox.ts';

/**
 * The expected end of a case: success, an error diagnostic with a code, or a failed `docker-generate` with a reason.
 */
export type End = 'success' | { code: string; says?: RegExp } | { fails: RegExp };

export interface HostileCase {
  what: string;
  /** Files in addition to, or instead of, those of a healthy workspace; paths are relative to it. */
  files?: Record<string, Buffer | string>;
  /** Setup other than files: links, pipes, permissions. Returns a cleanup, if `rm` is not enough. */
  prepare?: (sandbox: Sandbox) => void | (() => void);
  options?: ImageMatrixOptions;
  /** Run as a user who owns nothing. */
  unprivileged?: true;
  ends: End;
}

/** A manifest of two images, `base` and `runtime` of `app` on Debian 12. */
export const healthyManifest = `packages:
  app:
    runtime: [debian]
releases:
  debian:
    12:
      templates_dir: templates
      base_image: debian:bookworm-slim
      add_to_tags: slim
`;

export const healthy: Record<string, Buffer | string> = {
  'manifest.yml': healthyManifest,
  'templates/base.Dockerfile.liquid': 'FROM {{ from }}\n',
  'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\n',
};

/** The healthy manifest with a text replaced. */
export function manifestWith(from: string, to: string): Record<string, string> {
  if (!healthyManifest.includes(from)) throw new Error(`the manifest does not hold ${from}`);
  return { 'manifest.yml': healthyManifest.replace(from, () => to) };
}

/** The template of the `runtime` image. */
export function runtimeTemplate(text: string): Record<string, string> {
  return { 'templates/runtime.Dockerfile.liquid': text };
}

/** Repeats a text up to about that many characters. */
export function fill(text: string, characters: number): string {
  return text.repeat(Math.floor(characters / text.length));
}

export const MEGABYTE = 1_000_000;
