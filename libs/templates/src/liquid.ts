import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { Liquid } from 'liquidjs';
import type { Template } from 'liquidjs';
import { restrictFilters } from './filters.ts';
import { findPartial } from './partials.ts';
import type { Root } from './partials.ts';
import { TemplateProblem } from './problem.ts';
import { BoundedRenderer } from './renderer.ts';

/** Characters of one template; a Dockerfile's has a few thousand, and parsing takes more than linear time. */
const PARSE_LIMIT = 500_000;
const DEPTH = 200;
/** Roughly, characters and list items that filters and ranges of one render make. */
const MEMORY_LIMIT = 5_000_000;

/** A Liquid that parses each file once, finds partials by our rules, and ends every render in bounded time and space. */
export class TemplateLiquid extends Liquid {
  override readonly renderer = new BoundedRenderer();
  /** Where partials of the current render may come from. */
  root: Root = { path: '', real: '' };
  /** Files that the current render has reached. */
  reached = new Set<string>();
  readonly #parsed = new Map<string, Template[] | Error>();
  readonly #partials = new Map<string, string>();

  constructor() {
    super({
      strictVariables: true,
      strictFilters: true,
      ownPropertyOnly: true,
      catchAllErrors: true,
      // What a template says must not depend on the machine that renders it.
      locale: 'en-US',
      timezoneOffset: 0,
      parseLimit: PARSE_LIMIT,
      memoryLimit: MEMORY_LIMIT,
    });
    restrictFilters(this);
  }

  /** The template in a file. Throws what is wrong with it: LiquidJS's errors or a TemplateProblem. */
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
    return (yield this.load(this.#findPartial(name, from ?? this.root.path))) as Template[];
  }

  override *_parseLayoutFile(name: string, _sync?: boolean, from?: string): ReturnType<Liquid['_parseLayoutFile']> {
    return (yield this.load(this.#findPartial(name, from ?? this.root.path))) as Template[];
  }

  #findPartial(name: unknown, from: string): string {
    // What goes wrong while LiquidJS makes up a name from a template comes back as if it were the name.
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
      const text = readText(file);
      limitNesting(text);
      return this.parse(text, file);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

/** LiquidJS's parser takes quadratic time for tags in tags. A text that only looks like a tag counts as one. */
function limitNesting(text: string): void {
  let depth = 0;
  for (const [, end] of text.matchAll(/\{%-?\s*(end)?(?:if|unless|for|case|capture|tablerow|block|comment|raw)\b/g)) {
    depth += end === undefined ? 1 : -1;
    if (depth > DEPTH) throw new TemplateProblem('template-error', `tags are nested more than ${DEPTH} deep`);
  }
}

function readText(file: string): string {
  if (statSync(file).size > 4 * PARSE_LIMIT) throw new TemplateProblem('template-error', 'the template is too long');
  const bytes = readFileSync(file);
  if (!isUtf8(bytes)) throw new TemplateProblem('template-error', `\`${basename(file)}\` is not UTF-8 text`);
  const text = bytes.toString('utf8');
  // A checkout with `core.autocrlf` renders what others render.
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
}
