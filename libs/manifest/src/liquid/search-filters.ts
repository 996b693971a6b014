import { toValue, TypeGuards } from 'liquidjs';
import type { FilterImplOptions, Liquid } from 'liquidjs';
import { areSpelledAlike } from './comparisons.ts';
import { LiteralNumber } from './literal-number.ts';

/** LiquidJS's filters that compare a property of list items with a value. */
const SEARCHES = ['where', 'reject', 'has', 'find', 'find_index'];

/** Compares the values of `where` and its kind as `==` does: a number equals the text that spells it. */
export function compareInSearches(liquid: Liquid): void {
  for (const name of SEARCHES) liquid.registerFilter(name, searching(liquid.filters[name]));
}

function searching(filter: FilterImplOptions | undefined): FilterImplOptions {
  const handler = typeof filter === 'function' ? filter : filter?.handler;
  return function (list: unknown, property: unknown, ...[value, ...others]: unknown[]) {
    const token = this.token.args[1];
    const isLiteral = token !== undefined && !Array.isArray(token) && TypeGuards.isNumberToken(token);
    const sought = isLiteral ? new LiteralNumber(token.getText()) : value;
    const plain: unknown = toValue(sought);
    const isComparable = typeof plain === 'number' || typeof plain === 'string';
    const result: unknown = handler?.call(
      this,
      list,
      property,
      isComparable ? new Sought(sought, plain) : value,
      ...others,
    );
    return result;
  };
}

/** A value that LiquidJS lets do the comparison. */
class Sought {
  readonly #value: unknown;
  readonly #plain: unknown;

  constructor(value: unknown, plain: unknown) {
    this.#value = value;
    this.#plain = plain;
  }

  equals(other: unknown): boolean {
    return areSpelledAlike(other, this.#value) || toValue(other) === this.#plain;
  }

  /** LiquidJS takes an object for comparable if it has all of these. */
  gt = never;
  geq = never;
  lt = never;
  leq = never;
}

function never(): boolean {
  return false;
}
