import { WorkTimer } from '@nx-image-matrix/manifest/liquid';
import { AssignTag, Output } from 'liquidjs';
import type { Context, Emitter, Liquid, Template, Token } from 'liquidjs';
import { TextEmitter } from './emitter.ts';
import { isExhaustion, Exhausted, placeProblems } from './errors.ts';
import type { PlacedProblem } from './problem.ts';
import { LONGEST_TEXT } from './render-traces.ts';
import type { VariableSlot } from './render-traces.ts';

/** Milliseconds; a render takes about one, so one that takes this many will not finish. */
const MILLISECONDS = 1000;
/**
 * Milliseconds that all renders of a run may take beyond an allowance for each; stops many templates that each nearly
 * run away.
 */
const EXCESS = 1000;
const ALLOWANCE = 20;
/** Nested tags and partials; enough for any design, and far below the limit of the JavaScript stack. */
const DEPTH = 200;
const PROBLEMS = 100;

/** Where a part of the output comes from. */
export interface RenderMark {
  /** Where the part begins in the output. */
  at: number;
  /** What it was rendered from. */
  token: Token;
}

type TextOf = (variable: string) => string | undefined;

/**
 * Renders like LiquidJS's own renderer, but continues after an error to report all problems of a file at once, and
 * stops a render that runs away.
 */
export class BoundedRenderer {
  problems: PlacedProblem[] = [];
  exhausted = false;
  /** Set it to learn where each part of the output comes from. */
  marks: RenderMark[] | undefined;
  #timer = new WorkTimer(MILLISECONDS);
  #excess = EXCESS;
  #depth = 0;
  #budget = { characters: 0 };
  #textOf: TextOf = () => undefined;
  /** Of the whole file; captured text has separate ones. */
  #output: TextEmitter | undefined;

  /** Begins a new render and resets all limits. `textOf` returns the value of a variable that is a string. */
  reset(textOf: TextOf): void {
    this.#textOf = textOf;
    this.#output = undefined;
    this.problems = [];
    this.exhausted = false;
    this.#timer = new WorkTimer(Math.min(MILLISECONDS, ALLOWANCE + this.#excess));
    this.#depth = 0;
    this.#budget = { characters: LONGEST_TEXT };
  }

  /** Ends a render. */
  settle(): void {
    this.#excess = Math.max(0, this.#excess - this.#timer.spentBeyond(ALLOWANCE));
  }

  /** The output, with a slot for the text of each variable that is written unchanged. */
  parts(): (string | VariableSlot)[] {
    return this.#output?.parts() ?? [];
  }

  *renderTemplates(templates: Template[], context: Context, emitter?: Emitter): IterableIterator<unknown> {
    if (this.#depth >= DEPTH) {
      throw new Exhausted(`templates and tags are nested more than ${DEPTH} deep: does one render itself?`);
    }
    const out = emitter ?? new TextEmitter(this.#budget);
    if (out instanceof TextEmitter) this.#output ??= out;
    this.#depth++;
    try {
      for (const template of templates) {
        try {
          this.#assertInTime();
          if (this.marks && out instanceof TextEmitter && out === this.#output) {
            this.marks.push({ at: out.buffer.length, token: template.token });
          }
          if (this.#writeVariable(template, context, out)) continue;
          const text: unknown = yield template.render(context, out);
          if (text) out.write(text);
        } catch (error) {
          this.#note(error, template, context);
        }
        if (context.breakCalled || context.continueCalled) break;
      }
    } finally {
      this.#depth--;
    }
    return out.buffer;
  }

  renderTemplatesToNodeStream(): ReturnType<Liquid['renderToNodeStream']> {
    throw new Error('templates are rendered synchronously');
  }

  /** Writes `{{ name }}` directly, without evaluating an expression, if it is a string variable of the image. */
  #writeVariable(template: Template, context: Context, out: Emitter): boolean {
    if (out !== this.#output || !(template instanceof Output)) return false;
    const name = template.token.content.trim();
    if (context['findScope'](name) !== context.globals) return false;
    const text = this.#textOf(name);
    if (text === undefined) return false;
    this.#output.writeVariable(name, text);
    return true;
  }

  #assertInTime(): void {
    if (!this.#timer.isOver()) return;
    throw new Exhausted('rendering takes too long: is there a loop?');
  }

  /** Keeps a problem that has a place; rethrows one without, for the enclosing tag, and whatever stops the render. */
  #note(error: unknown, template: Template, context: Context): void {
    if (this.exhausted) throw error;
    const problems = placeProblems(error, template.token);
    if (problems === undefined) throw error;
    this.problems.push(...problems.filter((problem) => !this.problems.some((known) => isSame(known, problem))));
    this.exhausted = isExhaustion(error) || this.problems.length >= PROBLEMS;
    if (this.exhausted) throw error;
    // A variable that could not be set counts as known; otherwise each use would be another problem.
    if (template instanceof AssignTag) context.bottom()[template['key']] = null;
  }
}

function isSame(left: PlacedProblem, right: PlacedProblem): boolean {
  return (
    left.file === right.file &&
    left.line === right.line &&
    left.column === right.column &&
    left.message === right.message
  );
}
