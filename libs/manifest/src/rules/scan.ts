import { flatItems, textOf, valueOf } from '../normalise/read.ts';
import { layersOf } from '../normalise/specs.ts';
import type { Problems } from '../yaml/problems.ts';
import type { Node } from '../yaml/tree.ts';
import type { RuleContext } from './context.ts';

/** What scans accept, at every level: each finding once, and until days that exist. */
export function checkScan({ tree, problems }: RuleContext): void {
  for (const layer of layersOf(tree)) checkAccepted(valueOf(valueOf(layer, 'scan'), 'ignore'), problems);
}

function checkAccepted(list: Node | undefined, problems: Problems): void {
  const first = new Map<string, number>();
  for (const { value } of flatItems(list)) {
    const id = textOf(valueOf(value, 'id'));
    const until = textOf(valueOf(value, 'until'));
    if (until && !isDay(until.text)) {
      problems.add(until, 'bad-scan', `\`${until.text.slice(0, 60)}\` is not a day`, {
        hint: 'year, month and day, as in 2027-01-31',
        harmless: true,
      });
    }
    if (!id) continue;
    const known = first.get(id.text);
    if (known === undefined) first.set(id.text, id.line);
    else if (known !== id.line) {
      problems.add(id, 'bad-scan', `\`${id.text}\` is accepted in line ${known} already`, {
        hint: 'keep one of the two',
        harmless: true,
      });
    }
  }
}

/** Whether a text is a day of the calendar, as ISO 8601 writes it. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
