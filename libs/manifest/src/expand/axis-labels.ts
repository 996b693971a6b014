import { axisLabel } from './names.ts';
import type { Plan } from './plan.ts';
import type { ExpansionContext } from './context.ts';

/** Reports a label of `axis_labels` that two axes of an image share: their values would be ambiguous. */
export function checkAxisLabels(plans: readonly Plan[], { axisLabels, problems }: ExpansionContext): void {
  if (axisLabels.size === 0) return;
  for (const { axes, type } of plans) {
    const owners = new Map<string, string | undefined>(type.cuda ? [['cuda', undefined]] : []);
    for (const { name } of axes) {
      const label = axisLabel(name, axisLabels);
      const other = owners.get(label);
      const place = axisLabels.get(name) ?? (other === undefined ? undefined : axisLabels.get(other));
      if (label !== '' && owners.has(label) && place) {
        const of = other === undefined ? 'the CUDA version' : `\`${other}\``;
        problems.add(place, 'bad-arg', `\`${label}\` is the label of both ${of} and \`${name}\` of \`${type.name}\``, {
          hint: 'give each of them a label of its own',
          once: true,
        });
      }
      owners.set(label, name);
    }
  }
}
