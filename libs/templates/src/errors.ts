import { LiquidError } from 'liquidjs';
import type { Token } from 'liquidjs';
import { TemplateProblem } from './problem.ts';
import type { PlacedProblem } from './problem.ts';

const LIMITS = [
  ['memory alloc limit exceeded', 'rendering takes too much memory: is there a loop?'],
  ['parse length limit exceeded', 'the template is too long'],
] as const;

/** A render that reached its limit of time, depth or size. */
export class Exhausted extends Error {}

/** Whether continuing after this error would only use up more. */
export function isExhaustion(error: unknown): boolean {
  return innermost(error) instanceof Exhausted || error instanceof RangeError || /limit exceeded/.test(String(error));
}

/**
 * The message and place of a LiquidJS error, or of an error thrown inside a tag or filter. `around` is the enclosing
 * tag, whose place is used for errors without one. `undefined` if that has no place either (a file name that is a
 * template).
 */
export function placeProblems(error: unknown, around?: Token): PlacedProblem[] | undefined {
  const placed: PlacedProblem[] = [];
  for (const single of flatten(error)) {
    const problem = place(single, around);
    if (!problem) return undefined;
    placed.push(problem);
  }
  return placed;
}

function place(error: unknown, around: Token | undefined): PlacedProblem | undefined {
  const token = LiquidError.is(error) ? error.token : around;
  // Only some LiquidJS tokens have a file; those of a file name that is a template have none.
  const isOfAround = token !== undefined && token.input === around?.input;
  const placed = token?.file !== undefined || isOfAround ? token : around;
  const file = placed?.file ?? around?.file;
  if (placed === undefined || file === undefined) return undefined;
  const [line = 1, column = 1] = placed.getPosition();
  return { ...describe(error), file, line, column };
}

/** The message without the place that LiquidJS appends. */
export function describe(error: unknown): Pick<PlacedProblem, 'code' | 'message' | 'hint'> {
  const cause = innermost(error);
  if (cause instanceof TemplateProblem) return { code: cause.code, message: cause.message, hint: cause.hint };
  if (cause instanceof RangeError)
    return { code: 'template-error', message: `rendering uses up too much: ${cause.message}` };
  const text = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof Error && 'code' in cause && cause.code === 'EACCES')
    return { code: 'template-error', message: 'there is no permission to read a template', hint: text };
  const limit = LIMITS.find(([name]) => text.startsWith(name));
  if (limit) return { code: 'template-error', message: limit[1] };
  return { code: 'template-error', message: text.replace(/(, file:[^\n]*?)?, line:\d+, col:\d+$/, '') };
}

function innermost(error: unknown): unknown {
  return LiquidError.is(error) && error.originalError ? innermost(error.originalError) : error;
}

/** With `catchAllErrors`, LiquidJS throws several parse errors as one. */
function flatten(error: unknown): unknown[] {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
    ? error.errors.flatMap((single: unknown) => flatten(single))
    : [error];
}
