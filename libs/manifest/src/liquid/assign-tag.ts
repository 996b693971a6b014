import { AssignTag } from 'liquidjs';
import type { Liquid, TagToken, TopLevelToken } from 'liquidjs';
import { keepSpellingAlone } from './literal-number.ts';

/** LiquidJS's `assign`, which keeps the spelling of a number for comparisons with the variable. */
export class VersionAssignTag extends AssignTag {
  constructor(token: TagToken, remaining: TopLevelToken[], liquid: Liquid) {
    super(token, remaining, liquid);
    for (const value of this.arguments()) keepSpellingAlone(value);
  }
}
