import { RE2JS } from 're2js';

/** Most characters of an expression. */
const MAX_LENGTH = 10_000;
/** Most instructions of an expression; usual ones have tens. */
const MAX_PROGRAM = 20_000;
/** Most instructions times characters, which bounds the time. */
const MAX_WORK = 5_000_000_000;

/** A regular expression with the syntax and meaning of Go's `regexp` package, which takes linear time. */
export interface Pattern {
  source: string;
  /**
   * Whether the expression is found in a text.
   * @throws RangeError if the text is too long for the expression
   */
  isIn(text: string): boolean;
}

/** A pattern, or why the expression cannot be used. */
export function readPattern(source: string): Pattern | string {
  if (source.length > MAX_LENGTH) return `an expression has at most ${MAX_LENGTH} characters`;
  const compiled = compile(source);
  if (typeof compiled === 'string') return compiled;
  const size = compiled.programSize();
  if (size > MAX_PROGRAM) return 'the expression repeats too much';
  return {
    source,
    isIn(text) {
      if (size * text.length > MAX_WORK) throw new RangeError('the text is too long for this expression');
      return compiled.matcher(text).find();
    },
  };
}

function compile(source: string): RE2JS | string {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.replace(/^error parsing regexp: /, '');
  }
}
