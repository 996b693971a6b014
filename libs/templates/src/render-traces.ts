import { isDeepStrictEqual } from 'node:util';
import type { Image } from '@nx-image-matrix/manifest';

/** Most characters that a render may write, including captured ones. */
export const LONGEST_TEXT = 10_000_000;
/** Traces to try per template; the images of a release type differ in few ways. */
const MAX_TRACES = 8;

/** The name of a variable whose text is in a rendered file unchanged. */
export interface VariableSlot {
  variable: string;
}

/** The result of one template for one image, in a form that can be reused for others. */
export interface RenderTrace {
  parts: (string | VariableSlot)[];
  /** Variables that influenced anything but a slot. */
  reads: ReadonlySet<string>;
  /** Variables that the file depends on, slots included; each argument as `args.NAME`. */
  variables: ReadonlySet<string>;
  /** Files that the render read. */
  reached: ReadonlySet<string>;
  usesVersion: boolean;
}

/**
 * Renders that can be reused for images that differ only in values written unchanged; most images of a matrix differ
 * only in these. Valid as long as the templates do not change.
 */
export class RenderTraces {
  readonly #known = new Map<string, { image: Image; trace: RenderTrace }[]>();

  /** A trace that gives the same result as rendering the image. */
  find(template: string, image: Image): RenderTrace | undefined {
    return this.#known.get(keyOf(template, image))?.find(({ image: first, trace }) => holds(trace, first, image))
      ?.trace;
  }

  add(template: string, image: Image, trace: RenderTrace): void {
    const key = keyOf(template, image);
    const known = this.#known.get(key) ?? [];
    this.#known.set(key, [{ image, trace }, ...known].slice(0, MAX_TRACES));
  }
}

/** The text of an image, by a trace from `find`; `undefined` if it is too long, which the renderer reports. */
export function follow({ parts }: RenderTrace, image: Image): string | undefined {
  const texts = parts.map((part) => (typeof part === 'string' ? part : (variableText(image, part.variable) ?? '')));
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  return length > LONGEST_TEXT ? undefined : texts.join('');
}

/** All variables that a render depends on. */
export function variablesOf(parts: RenderTrace['parts'], reads: Iterable<string>, args: Iterable<string>): Set<string> {
  const variables = new Set(reads);
  for (const part of parts) if (typeof part !== 'string') variables.add(part.variable);
  for (const name of args) variables.add(`args.${name}`);
  return variables;
}

/** Whether the file of a trace contains a value that uses the release version. */
export function followsVersion({ parts, usesVersion }: RenderTrace, { versioned }: Image): boolean {
  return usesVersion || parts.some((part) => typeof part !== 'string' && versioned.includes(part.variable));
}

/** The value of a variable that is a string. */
export function variableText(image: Image, name: string): string | undefined {
  const value = hasVariable(image, name) ? image.variables[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function hasVariable({ variables }: Image, name: string): name is keyof Image['variables'] {
  return Object.hasOwn(variables, name);
}

/** The key includes which values use the version: the values alone do not show it. */
function keyOf(template: string, { versioned }: Image): string {
  return `${template}\0${versioned.join(' ')}`;
}

function valueOf(image: Image, name: string): unknown {
  if (name === 'platforms') return image.platforms;
  return hasVariable(image, name) ? image.variables[name] : undefined;
}

function holds({ parts, reads }: RenderTrace, first: Image, image: Image): boolean {
  for (const name of reads) {
    const known = valueOf(first, name);
    const own = valueOf(image, name);
    if (known !== own && !isDeepStrictEqual(known, own)) return false;
  }
  return parts.every((part) => typeof part === 'string' || variableText(image, part.variable) !== undefined);
}
