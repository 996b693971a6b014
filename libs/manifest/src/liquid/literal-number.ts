import { Drop, Tokenizer, TypeGuards } from 'liquidjs';
import type { Token } from 'liquidjs';

/** A number beside a comparison, as it is written there: `3.10` is another version than `3.1`. */
export class LiteralNumber extends Drop {
  readonly spelling: string;

  constructor(spelling: string) {
    super();
    this.spelling = spelling;
  }

  override valueOf(): number {
    return Number(this.spelling);
  }
}

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=', 'contains']);

/** LiquidJS keeps only the value of a number. It has no option for that, so its tokenizer is told. */
export function keepSpellings(): void {
  if (Object.hasOwn(Tokenizer.prototype, kept)) return;
  const read = Tokenizer.prototype.readExpressionTokens;
  Object.assign(Tokenizer.prototype, {
    [kept]: true,
    *readExpressionTokens(this: Tokenizer) {
      const tokens = [...read.call(this)];
      tokens.forEach((token, index) => {
        if (isComparison(tokens[index - 1]) || isComparison(tokens[index + 1])) keepSpelling(token);
      });
      yield* tokens;
    },
  });
}

const kept = Symbol('spellings of numbers are kept');

function isComparison(token: Token | undefined): boolean {
  return TypeGuards.isOperatorToken(token) && COMPARISONS.has(token.operator);
}

/** Makes a number that is written out one that knows how. Leaves every other token as it is. */
export function keepSpelling(token: Token): void {
  if (TypeGuards.isNumberToken(token)) Object.assign(token, { content: new LiteralNumber(token.getText()) });
}
