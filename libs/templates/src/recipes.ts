import { isDeepStrictEqual } from 'node:util';
import type { Image } from '@nx-image-matrix/manifest';

/** Characters that a render may write, captured ones included. */
export const LONGEST_TEXT = 10_000_000;
/** Recipes of one template that are tried; the images of a release type differ in a few ways only. */
const KEPT = 8;

/** The name of a variable whose text stands in a rendered file as it is. */
export interface Hole {
  variable: string;
}

/** What one template made of one image, in a form that gives the same for others. */
export interface Recipe {
  parts: (string | Hole)[];
  /** Variables that had a say in anything but a hole. */
  reads: ReadonlySet<string>;
  /** Variables that the file depends on, holes included; of `args` each argument, as `args.NAME`. */
  variables: ReadonlySet<string>;
  /** Files that the render reached. */
  reached: ReadonlySet<string>;
  usesVersion: boolean;
}

/**
 * Renders that can be repeated for images which differ in nothing but what a template writes down as it is, since most
 * images of a matrix are a template's text with another name. Holds for as long as the templates do not change.
 */
export class Recipes {
  readonly #known = new Map<string, { image: Image; recipe: Recipe }[]>();

  /** A recipe by which that image comes out as if it were rendered. */
  find(template: string, image: Image): Recipe | undefined {
    return this.#known.get(keyOf(template, image))?.find(({ image: first, recipe }) => holds(recipe, first, image))
      ?.recipe;
  }

  add(template: string, image: Image, recipe: Recipe): void {
    const key = keyOf(template, image);
    const known = this.#known.get(key) ?? [];
    this.#known.set(key, [{ image, recipe }, ...known].slice(0, KEPT));
  }
}

/** The text of an image by a recipe that `find` has given for it; `undefined` when it would be too long, which the renderer refuses. */
export function follow({ parts }: Recipe, image: Image): string | undefined {
  const texts = parts.map((part) => (typeof part === 'string' ? part : (variableText(image, part.variable) ?? '')));
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  return length > LONGEST_TEXT ? undefined : texts.join('');
}

/** All variables that a render depends on. */
export function variablesOf(parts: Recipe['parts'], reads: Iterable<string>, args: Iterable<string>): Set<string> {
  const variables = new Set(reads);
  for (const part of parts) if (typeof part !== 'string') variables.add(part.variable);
  for (const name of args) variables.add(`args.${name}`);
  return variables;
}

/** Whether the file of a recipe has a value in it that was made from the release version. */
export function followsVersion({ parts, usesVersion }: Recipe, { versioned }: Image): boolean {
  return usesVersion || parts.some((part) => typeof part !== 'string' && versioned.includes(part.variable));
}

/** The value of a variable that has a text of its own. */
export function variableText(image: Image, name: string): string | undefined {
  const value = hasVariable(image, name) ? image.variables[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function hasVariable({ variables }: Image, name: string): name is keyof Image['variables'] {
  return Object.hasOwn(variables, name);
}

/** Which values come from the version belongs to the key: it cannot be seen from the values. */
function keyOf(template: string, { versioned }: Image): string {
  return `${template}\0${versioned.join(' ')}`;
}

function holds({ parts, reads }: Recipe, first: Image, image: Image): boolean {
  for (const name of reads) {
    const known = hasVariable(first, name) ? first.variables[name] : undefined;
    const own = hasVariable(image, name) ? image.variables[name] : undefined;
    if (known !== own && !isDeepStrictEqual(known, own)) return false;
  }
  return parts.every((part) => typeof part === 'string' || variableText(image, part.variable) !== undefined);
}
