import type { FilterImplOptions, Liquid } from 'liquidjs';

const DATE_FILTERS = ['date', 'date_to_xmlschema', 'date_to_rfc822', 'date_to_string', 'date_to_long_string'];

/**
 * Takes away what would make one template give different files at different times: generated files are committed and
 * compared, so today's date or a random pick would make them stale for ever.
 */
export function restrictFilters(liquid: Liquid): void {
  liquid.unregisterFilter('sample');
  for (const name of DATE_FILTERS) liquid.registerFilter(name, withoutNow(liquid.filters[name]));
}

function withoutNow(filter: FilterImplOptions | undefined): FilterImplOptions {
  const handler = typeof filter === 'function' ? filter : filter!.handler;
  return function (value, ...args) {
    if (value === 'now' || value === 'today')
      throw new Error(`\`${value}\` would change the generated files every day`);
    return handler!.call(this, value, ...args);
  };
}
