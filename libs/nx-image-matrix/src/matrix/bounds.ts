import { posix } from 'node:path';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { GeneratedImage } from './generate-image.ts';

/** Limits for the images of one reading together. */
export interface Limits {
  /** Different paths that they copy. */
  paths: number;
  /** Characters of the files that are rendered for them. */
  characters: number;
}

/** About what an Nx worker can hold in a gigabyte. */
export const LIMITS: Limits = { paths: 250_000, characters: 250_000_000 };

/** How much of a manifest has been read. */
interface Progress {
  file: string;
  read: number;
  all: number;
}

interface Most {
  amount: number;
  image?: GeneratedImage;
}

/** Stops a reading that would use up the memory. */
export class Bounds {
  exceeded = false;
  readonly #limits: Limits;
  #paths = 0;
  #characters = 0;
  #mostPaths: Most = { amount: 0 };
  #mostCharacters: Most = { amount: 0 };

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Counts a path that has not been followed before, and returns its target. */
  counted<T>(followed: T): T {
    this.#paths++;
    return followed;
  }

  /** Counts the files of an image. Returns an error for the one that exceeds the limit. */
  add(image: GeneratedImage, progress: Progress): Diagnostic[] {
    const paths = image.sources.length;
    const characters = image.rendered.reduce(
      (sum, { content }) => sum + (typeof content === 'string' ? content.length : 0),
      0,
    );
    this.#characters += characters;
    if (paths > this.#mostPaths.amount) this.#mostPaths = { amount: paths, image };
    if (characters > this.#mostCharacters.amount) this.#mostCharacters = { amount: characters, image };
    const tooMany = this.#paths > this.#limits.paths;
    if (!tooMany && this.#characters <= this.#limits.characters) return [];
    this.exceeded = true;
    return [
      tooMany
        ? problem(progress, `copy ${count(this.#paths)} different paths`, this.#limits.paths, this.#mostPaths, 'paths')
        : problem(
            progress,
            `have ${count(this.#characters)} characters of rendered files`,
            this.#limits.characters,
            this.#mostCharacters,
            'characters',
          ),
    ];
  }
}

function problem(
  { file, read, all }: Progress,
  found: string,
  limit: number,
  { amount, image }: Most,
  unit: keyof Limits,
): Diagnostic {
  const template = image?.templates.find((path) => posix.basename(path).includes('Dockerfile'));
  const most = `${template === undefined ? '' : `${posix.join(posix.dirname(file), template)} gives `}${image?.image.name}`;
  const cure =
    unit === 'paths'
      ? 'copy a folder instead of each file in it (COPY src/app /app)'
      : 'move long scripts out of the template into files that the Dockerfile copies';
  return {
    code: 'too-much-rendered',
    severity: 'error',
    file,
    line: 1,
    column: 1,
    message:
      `With ${count(read)} of the ${count(all)} images of ${file}, the images of this workspace ${found}, more than ` +
      `${count(limit)}. The largest: ${most} ${count(amount)} ${unit}.`,
    hint: `${cure}, or list fewer values and distros`,
  };
}

function count(amount: number): string {
  return amount.toLocaleString('en-US');
}
