import { Liquid, type LiquidOptions } from 'liquidjs';
import { VersionCaseTag } from './case-tag.ts';
import { comparisons } from './comparisons.ts';
import { keepSpellings } from './literal-number.ts';
import { makeTimeless } from './timeless-filters.ts';

/** How much a text may ask for, and where what it includes comes from. */
export interface LiquidLimits extends Pick<LiquidOptions, 'catchAllErrors' | 'templates'> {
  /** Characters of one text. */
  parseLimit: number;
  /** Roughly, characters and list items that filters and ranges of one render make. */
  memoryLimit: number;
}

/**
 * The Liquid of manifests and of templates: unknown names and filters are errors, and the same text with the same
 * variables gives the same result at any time, on any machine. Versions, which are texts, compare with numbers.
 */
export class MatrixLiquid extends Liquid {
  constructor(limits: LiquidLimits) {
    super({
      strictVariables: true,
      strictFilters: true,
      ownPropertyOnly: true,
      // Nothing depends on the machine that renders; asking for the machine's own takes 13 ms besides.
      locale: 'en-US',
      timezoneOffset: 0,
      operators: comparisons,
      ...limits,
    });
    keepSpellings();
    makeTimeless(this);
    this.registerTag('case', VersionCaseTag);
    // LiquidJS looks filters and tags up by name, and would find the methods of every object.
    Object.setPrototypeOf(this.filters, null);
    Object.setPrototypeOf(this.tags, null);
  }
}
