import { isUtf8 } from 'node:buffer';
import { basename } from 'node:path';
import { MatrixLiquid } from '@nx-image-matrix/manifest/liquid';
import type { Liquid, Template } from 'liquidjs';
import { findPartial } from './partials.ts';
import type { Root } from './partials.ts';
import { TemplateProblem } from './problem.ts';
import { readTemplate } from './read-template.ts';
import type { ReadFile } from './read-template.ts';
import { BoundedRenderer } from './renderer.ts';

/** In characters; a template for a Dockerfile has a few thousand, and parsing takes more than linear time. */
const PARSE_LIMIT = 500_000;
const DEPTH = 200;
/** Roughly, the characters and list items that filters and ranges of one render create. */
const MEMORY_LIMIT = 5_000_000;

/** A Liquid that parses each file once, finds partials by our rules, and limits the time and memory of each render. */
export class TemplateLiquid extends MatrixLiquid {
  override readonly renderer = new BoundedRenderer();
  /** Where the current render may find partials. */
  root: Root = { path: '', real: '' };
  /** Files read by the current render. */
  reached = new Set<string>();
  readonly #parsed = new Map<string, Template[] | Error>();
  readonly #partials = new Map<string, string>();

  readonly #readFile: ReadFile;

  constructor(readFile: ReadFile) {
    super({ catchAllErrors: true, parseLimit: PARSE_LIMIT, memoryLimit: MEMORY_LIMIT });
    this.#readFile = readFile;
  }

  /** The template in a file. Throws LiquidJS's errors or a TemplateProblem. */
  load(file: string): Template[] {
    this.reached.add(file);
    let parsed = this.#parsed.get(file);
    if (parsed === undefined) {
      parsed = this.#parseFile(file);
      this.#parsed.set(file, parsed);
    }
    if (parsed instanceof Error) throw parsed;
    return parsed;
  }

  override *_parsePartialFile(name: string, _sync?: boolean, from?: string): ReturnType<Liquid['_parsePartialFile']> {
    return yield* this.#loadPartial(name, from);
  }

  override *_parseLayoutFile(name: string, _sync?: boolean, from?: string): ReturnType<Liquid['_parseLayoutFile']> {
    return yield* this.#loadPartial(name, from);
  }

  *#loadPartial(name: string, from = this.root.path): Generator<unknown, Template[], unknown> {
    return (yield this.load(this.#findPartial(name, from))) as Template[];
  }

  #findPartial(name: unknown, from: string): string {
    // LiquidJS returns an error in a file name that is a template as if it were the name.
    if (name instanceof Error) throw name;
    const key = `${this.root.path}\0${from}\0${String(name)}`;
    let file = this.#partials.get(key);
    if (file === undefined) {
      file = findPartial(String(name), from, this.root);
      this.#partials.set(key, file);
    }
    return file;
  }

  #parseFile(file: string): Template[] | Error {
    try {
      const text = textOf(file, readTemplate(this.#readFile, file, LARGEST_TEMPLATE));
      limitNesting(text);
      return this.parse(text, file);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

/** In bytes; a character has up to four. */
const LARGEST_TEMPLATE = 4 * PARSE_LIMIT;

/** LiquidJS's parser takes quadratic time for nested tags. Text that only looks like a tag counts as one. */
function limitNesting(text: string): void {
  let depth = 0;
  for (const [, end] of text.matchAll(/\{%-?\s*(end)?(?:if|unless|for|case|capture|tablerow|block|comment|raw)\b/g)) {
    depth += end === undefined ? 1 : -1;
    if (depth > DEPTH) throw new TemplateProblem('template-error', `tags are nested more than ${DEPTH} deep`);
  }
}

function textOf(file: string, bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new TemplateProblem('template-error', `\`${basename(file)}\` is not UTF-8 text`);
  const text = bytes.toString('utf8');
  // A checkout with `core.autocrlf` renders the same text as others.
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
}
