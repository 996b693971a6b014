import type { ImageMatrixOptions } from '../../src/options/options.ts';
import type { Sandbox } from './sandbox.ts';

/** How a case has to end: in success, in an error diagnostic of a code, or in a failed `docker-generate` that says why. */
export type End = 'success' | { code: string; says?: RegExp } | { fails: RegExp };

export interface HostileCase {
  what: string;
  /** Files beside, or instead of, those of a healthy workspace; paths are relative to it. */
  files?: Record<string, Buffer | string>;
  /** Whatever files cannot say: links, pipes, permissions. Returns how to clean up, if that takes more than `rm`. */
  prepare?: (sandbox: Sandbox) => void | (() => void);
  options?: ImageMatrixOptions;
  /** Run as a user to whom nothing belongs. */
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

/** The healthy manifest with a text in it replaced. */
export function manifestWith(from: string, to: string): Record<string, string> {
  if (!healthyManifest.includes(from)) throw new Error(`the manifest does not hold ${from}`);
  return { 'manifest.yml': healthyManifest.replace(from, () => to) };
}

/** The template of the `runtime` image. */
export function runtimeTemplate(text: string): Record<string, string> {
  return { 'templates/runtime.Dockerfile.liquid': text };
}

/** A text as often as fits into about that many characters. */
export function fill(text: string, characters: number): string {
  return text.repeat(Math.floor(characters / text.length));
}

export const MEGABYTE = 1_000_000;
