import { Liquid, type LiquidOptions } from 'liquidjs';
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
 * variables gives the same result at any time, on any machine.
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
      ...limits,
    });
    makeTimeless(this);
    // LiquidJS looks filters and tags up by name, and would find the methods of every object.
    Object.setPrototypeOf(this.filters, null);
    Object.setPrototypeOf(this.tags, null);
  }
}
