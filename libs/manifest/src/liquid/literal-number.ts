import { Drop, Tokenizer, TypeGuards, Value } from 'liquidjs';
import type { Token } from 'liquidjs';

/** A number in a comparison, as spelled there: `3.10` and `3.1` are different versions. */
export class LiteralNumber extends Drop {
  readonly spelling: string;

  constructor(spelling: string) {
    super();
    this.spelling = spelling;
  }

  override valueOf(): number {
    return Number(this.spelling);
  }

  /** For the filter `json`. */
  toJSON(): number {
    return this.valueOf();
  }
}

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=', 'contains']);

/** LiquidJS keeps only the value of a number and has no option for its spelling; this extends its tokenizer. */
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

/** Adds its spelling to a number token. Leaves other tokens unchanged. */
export function keepSpelling(token: Token): void {
  if (TypeGuards.isNumberToken(token)) Object.assign(token, { content: new LiteralNumber(token.getText()) });
}

/** Keeps the spelling of a value that is a number and nothing else. */
export function keepSpellingAlone(value: unknown): void {
  if (!(value instanceof Value) || value.filters.length > 0) return;
  const [token, ...others] = value.initial.postfix;
  if (token && others.length === 0) keepSpelling(token);
}
