import { toValue } from 'liquidjs';
import type { Emitter } from 'liquidjs';
import { Exhausted } from './errors.ts';

/** Collects what a template writes, as far as the render's budget of characters goes. */
export class TextEmitter implements Emitter {
  buffer = '';
  readonly #budget: { characters: number };

  constructor(budget: { characters: number }) {
    this.#budget = budget;
  }

  write(value: unknown): void {
    const text = toText(value);
    this.#budget.characters -= text.length;
    if (this.#budget.characters < 0) throw new Exhausted('rendering writes too much text: is there a loop?');
    this.buffer += text;
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
