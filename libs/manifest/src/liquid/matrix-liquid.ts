import { Liquid, type LiquidOptions } from 'liquidjs';
import { VersionAssignTag } from './assign-tag.ts';
import { VersionCaseTag } from './case-tag.ts';
import { comparisons } from './comparisons.ts';
import { keepSpellings } from './literal-number.ts';
import { compareInSearches } from './search-filters.ts';
import { makeTimeless } from './timeless-filters.ts';

/** Limits of a text, and the source of its includes. */
export interface LiquidLimits extends Pick<LiquidOptions, 'catchAllErrors' | 'templates'> {
  /** Characters of one text. */
  parseLimit: number;
  /** Roughly, the characters and list items that filters and ranges of one render create. */
  memoryLimit: number;
}

/**
 * The Liquid of manifests and templates: unknown names and filters are errors, and the result depends only on text and
 * variables, not on time or machine. Versions, which are texts, compare with numbers.
 */
export class MatrixLiquid extends Liquid {
  constructor(limits: LiquidLimits) {
    super({
      strictVariables: true,
      strictFilters: true,
      ownPropertyOnly: true,
      // Nothing depends on the machine's time zone, and looking that up takes 13 ms.
      locale: 'en-US',
      timezoneOffset: 0,
      operators: comparisons,
      ...limits,
    });
    keepSpellings();
    makeTimeless(this);
    compareInSearches(this);
    this.registerTag('assign', VersionAssignTag);
    this.registerTag('case', VersionCaseTag);
    // LiquidJS looks up filters and tags by name, and would find the methods of every object.
    Object.setPrototypeOf(this.filters, null);
    Object.setPrototypeOf(this.tags, null);
  }
}
