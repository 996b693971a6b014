import { toValue } from 'liquidjs';
import type { Emitter } from 'liquidjs';
import { Exhausted } from './errors.ts';
import type { VariableSlot } from './render-traces.ts';

/** Collects the output of a template, up to the render's limit of characters. */
export class TextEmitter implements Emitter {
  buffer = '';
  readonly #budget: { characters: number };
  readonly #parts: (string | VariableSlot)[] = [];
  /** End of the last slot in the buffer. */
  #end = 0;

  constructor(budget: { characters: number }) {
    this.#budget = budget;
  }

  write(value: unknown): void {
    const text = toText(value);
    this.#budget.characters -= text.length;
    if (this.#budget.characters < 0) throw new Exhausted('rendering writes too much text: is there a loop?');
    this.buffer += text;
  }

  /** Writes the text of a variable, and records its position. */
  writeVariable(variable: string, text: string): void {
    this.#parts.push(this.buffer.slice(this.#end), { variable });
    this.write(text);
    this.#end = this.buffer.length;
  }

  /** The whole output, with a slot for the text of each variable. */
  parts(): (string | VariableSlot)[] {
    return [...this.#parts, this.buffer.slice(this.#end)];
  }
}

function toText(value: unknown): string {
  const plain: unknown = toValue(value);
  if (typeof plain === 'string') return plain;
  if (plain === null || plain === undefined) return '';
  if (Array.isArray(plain)) return plain.map(toText).join('');
  if (typeof plain === 'object') {
    throw new Error(
      `a map has no text of its own: name one of \`${Object.keys(plain).join('`, `')}\`, or use \`| json\``,
    );
  }
  return String(plain);
}
