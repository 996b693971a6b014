import type { FilterImplOptions, Liquid } from 'liquidjs';

/** Every LiquidJS filter that reads a value as a date. */
export const DATE_FILTERS = ['date', 'date_to_xmlschema', 'date_to_rfc822', 'date_to_string', 'date_to_long_string'];

/** The end of a text that names its time zone. JavaScript reads other times in the zone of the machine. */
const ZONE = /(?:\dZ|:\d\d(?:\.\d+)? ?[+-]\d\d?:?\d{0,2}|\b(?:UTC?|GMT|[ECMP][SD]T)) ?(?:\([^()]*\))?$/i;
/** LiquidJS's format codes that JavaScript writes in the language of the machine. */
const LOCAL_FORMAT = /%[-_0^#:]*(?:[1-9]\d*)?[EO]?([cxX])/;

/**
 * Removes what gives different results at different times or on different machines: generated files are committed and
 * compared, and today's date or a random pick would make them stale for ever.
 */
export function makeTimeless(liquid: Liquid): void {
  liquid.registerFilter('sample', () => {
    throw new Error('`sample` gives something else in each run');
  });
  for (const name of DATE_FILTERS) liquid.registerFilter(name, timeless(liquid.filters[name]));
}

function timeless(filter: FilterImplOptions | undefined): FilterImplOptions {
  const handler = typeof filter === 'function' ? filter : filter?.handler;
  return function (value: unknown, ...args: unknown[]) {
    if (value === 'now' || value === 'today') {
      throw new Error(`\`${value}\` is another one in each run, and generated files are committed and compared`);
    }
    const local = LOCAL_FORMAT.exec(String(args[0]))?.[1];
    if (local !== undefined) throw new Error(`\`%${local}\` is written in the language of the machine`);
    return handler?.call(this, typeof value === 'string' ? inUtc(value) : value, ...args);
  };
}

/** A time of day without a zone, as seconds; other values unchanged. */
function inUtc(text: string): number | string {
  if (/^\d+$/.test(text) || ZONE.test(text.trimEnd())) return text;
  const isIso = /^\d{4}-\d\d-\d\dT/.test(text);
  const time = Date.parse(isIso ? `${text}Z` : `${text} UTC`);
  return Number.isNaN(time) ? text : time / 1000;
}
