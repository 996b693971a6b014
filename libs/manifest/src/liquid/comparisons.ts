import { defaultOperators, toValue } from 'liquidjs';
import type { Context, LiquidOptions } from 'liquidjs';
import { LiteralNumber } from './literal-number.ts';
import { orderOf, orderOfTexts } from './version-order.ts';

type Operators = NonNullable<LiquidOptions['operators']>;
type Result = Generator<unknown, boolean, unknown>;
type Order = '<' | '<=' | '>' | '>=';

/**
 * LiquidJS's operators, for variables that are texts where a manifest means a version: a number equals the text that
 * spells it, and order is that of versions. Other values of one kind compare as in LiquidJS.
 */
export const comparisons: Operators = {
  ...defaultOperators,
  '==': equals,
  '!=': function* (left: unknown, right: unknown, context: Context): Result {
    return !(yield* equals(left, right, context));
  },
  contains: function* (left: unknown, right: unknown, context: Context): Result {
    const list: unknown = toValue(left);
    if (Array.isArray(list) && list.some((item) => areSpelledAlike(item, right))) return true;
    return yield* plainly('contains', left, right, context);
  },
  '<': ordering('<', (order) => order < 0),
  '<=': ordering('<=', (order) => order <= 0),
  '>': ordering('>', (order) => order > 0),
  '>=': ordering('>=', (order) => order >= 0),
};

/** Whether two values are equal, where one may be a text and the other the number spelled that way. */
export function* equals(left: unknown, right: unknown, context: Context): Result {
  return areSpelledAlike(left, right) || (yield* plainly('==', left, right, context));
}

/** Whether one value is a text and the other the number spelled that way. */
export function areSpelledAlike(left: unknown, right: unknown): boolean {
  const mixed = asTextAndNumber(left, right);
  return mixed !== undefined && mixed.text === mixed.number;
}

function ordering(
  operator: Order,
  holds: (order: number) => boolean,
): (left: unknown, right: unknown, context: Context) => Result {
  return function* (left: unknown, right: unknown, context: Context): Result {
    const order = orderBetween(left, right);
    if (order === 'plain') return yield* plainly(operator, left, right, context);
    if (order === undefined) throw new Error(cannotOrder(operator, left, right));
    return holds(order);
  };
}

function orderBetween(left: unknown, right: unknown): number | 'plain' | undefined {
  const [first, second]: unknown[] = [toValue(left), toValue(right)];
  if (typeof first === 'string' && typeof second === 'string') return orderOfTexts(first, second);
  const mixed = asTextAndNumber(left, right);
  if (!mixed) return 'plain';
  const order = orderOf(mixed.text, mixed.number);
  return order !== undefined && mixed.swapped ? -order : order;
}

function cannotOrder(operator: Order, left: unknown, right: unknown): string {
  const mixed = asTextAndNumber(left, right);
  const [first, second] = mixed ? [mixed.text, mixed.number] : [String(toValue(left)), `\`${String(toValue(right))}\``];
  return `\`${operator}\` cannot tell which of \`${first}\` and ${second} comes first: compare them with \`==\`, or only where the text is a version`;
}

interface Mixed {
  text: string;
  /** Its spelling. */
  number: string;
  /** Whether the number is on the left. */
  swapped: boolean;
}

function asTextAndNumber(left: unknown, right: unknown): Mixed | undefined {
  const [first, second] = [spellingOf(left), spellingOf(right)];
  const [leftText, rightText]: unknown[] = [toValue(left), toValue(right)];
  if (typeof leftText === 'string' && second !== undefined) return { text: leftText, number: second, swapped: false };
  if (typeof rightText === 'string' && first !== undefined) return { text: rightText, number: first, swapped: true };
  return undefined;
}

function spellingOf(value: unknown): string | undefined {
  if (value instanceof LiteralNumber) return value.spelling;
  const plain: unknown = toValue(value);
  return typeof plain === 'number' ? String(plain) : undefined;
}

/** The result of LiquidJS, which compares its own comparable values (`empty`, `nil`). */
function* plainly(operator: Order | '==' | 'contains', left: unknown, right: unknown, context: Context): Result {
  const compare = defaultOperators[operator];
  return (yield compare?.(numberOf(left), numberOf(right), context)) === true;
}

function numberOf(value: unknown): unknown {
  return value instanceof LiteralNumber ? value.valueOf() : value;
}
