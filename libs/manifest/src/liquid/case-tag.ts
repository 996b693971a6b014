import { CaseTag, evalToken, toValue } from 'liquidjs';
import type { Context, Emitter } from 'liquidjs';
import { equals } from './comparisons.ts';
import { keepSpelling, keepSpellingAlone, LiteralNumber } from './literal-number.ts';

/** LiquidJS's `case`, with the comparison of `==` instead of its own. */
export class VersionCaseTag extends CaseTag {
  override *render(context: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    keepSpellingAlone(this.value);
    const found: unknown = yield this.value.value(context, context.opts.lenientIf);
    const target: unknown = found instanceof LiteralNumber ? found : yield toValue(found);
    let isHit = false;
    for (const { values, templates } of this.branches) {
      for (const token of values) {
        keepSpelling(token);
        const value: unknown = yield evalToken(token, context, context.opts.lenientIf);
        if (!(yield* equals(target, value, context))) continue;
        isHit = true;
        yield this.liquid.renderer.renderTemplates(templates, context, emitter);
        break;
      }
    }
    if (!isHit) yield this.liquid.renderer.renderTemplates(this.elseTemplates, context, emitter);
  }
}
