import { Context, LiquidError, type Template } from 'liquidjs';
import { MatrixLiquid } from '../liquid/matrix-liquid.ts';
import { DATE_FILTERS } from '../liquid/timeless-filters.ts';
import { WorkTimer } from '../liquid/work-timer.ts';
import { isMark, RunDate } from './run-marks.ts';

/** The result of a Liquid string, or its error with a line of the string (from 1). */
export type Rendered = { text: string } | { error: string; line: number };

/** Milliseconds of work allowed for a tag. */
const RENDER_LIMIT = 500;

// `templates` keeps `{% render %}` away from the disk; the limits stop what no tag needs.
const templates: Record<string, string> = Object.create(null);
const engine = new MatrixLiquid({
  templates,
  parseLimit: 100_000,
  memoryLimit: 100_000,
});
letRunDatesFormat();

/** Makes the filter `date` give a date that is not known yet its format; other filters of dates cannot use it. */
function letRunDatesFormat(): void {
  for (const name of DATE_FILTERS) {
    const filter = engine.filters[name];
    const handler = typeof filter === 'function' ? filter : filter?.handler;
    engine.registerFilter(name, function (value: unknown, ...args: unknown[]) {
      const [format = '%Y%m%d'] = args;
      if (value instanceof RunDate && name === 'date') return value.format(String(format));
      if (value instanceof RunDate || isMark(value)) throw new Error(`\`${name}\` cannot use a value of \`run\` here`);
      return handler?.call(this, value, ...args);
    });
  }
}

/** Texts that took too long. They are not tried again for other images; after a few of them, no text is. */
const runaways = new Set<string>();
const MAX_RUNAWAYS = 4;
const TOO_LONG = 'template render limit exceeded';
const tooLong: Rendered = { error: TOO_LONG, line: 1 };

/** Starts a new expansion: a text that timed out in an earlier one, perhaps on a busy machine, gets another try. */
export function forgetRunaways(): void {
  runaways.clear();
}

const parsed = new Map<string, Template[]>();
const MAX_PARSED = 1_000;

/** Whether a text contains Liquid. */
export function isLiquid(text: string): boolean {
  return text.includes('{{') || text.includes('{%');
}

/** The variables of a Liquid string. */
export interface LiquidScope {
  /** All variables, computed only if there is Liquid. */
  variables: () => object;
  /** The value of a variable that is a string. */
  text: (variable: string) => string | undefined;
}

/** The most common form, which needs no engine. */
const variableAlone = /^\{\{-?\s*([a-z_]+)\s*-?\}\}$/;

/** Renders a Liquid string; unknown variables and filters are errors. Never throws. */
export function renderLiquid(text: string, scope: LiquidScope): Rendered {
  if (!isLiquid(text)) return { text };
  const variable = variableAlone.exec(text)?.[1];
  const value = variable === undefined ? undefined : scope.text(variable);
  if (value !== undefined) return { text: value };
  if (runaways.has(text) || runaways.size >= MAX_RUNAWAYS) return tooLong;
  const limit = new WorkTimer(RENDER_LIMIT);
  try {
    return { text: String(engine.renderSync(parse(text), contextOf(scope, limit))) };
  } catch (error) {
    if (limit.isOver()) runaways.add(text);
    return describe(error);
  }
}

/** LiquidJS's own limit uses wall-clock time. */
function contextOf(scope: LiquidScope, limit: WorkTimer): Context {
  const check = (): void => {
    if (limit.isOver()) throw new Error(TOO_LONG);
  };
  const context = new Context(scope.variables(), engine.options, { sync: true }, { liquid: engine });
  return Object.assign(context, { renderLimit: { check } });
}

function parse(text: string): Template[] {
  let template = parsed.get(text);
  if (!template) {
    template = engine.parse(text);
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(text, template);
  }
  return template;
}

function describe(error: unknown): { error: string; line: number } {
  const [line = 1] = (LiquidError.is(error) && error.token?.getPosition?.()) || [];
  const cause = (LiquidError.is(error) && error.originalError) || error;
  const text = cause instanceof Error ? cause.message : String(cause);
  return {
    error: text.replace(/, (?:file|line):.*$/s, '').replace(/^ENOENT.*$/s, 'a tag or argument cannot include files'),
    line,
  };
}
