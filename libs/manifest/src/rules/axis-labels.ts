import { namedEntriesOf, valueOf } from '../normalise/read.ts';
import { axisValueProblem } from '../references/axis-value.ts';
import { argumentNames, reportUnknownArgument } from './arguments.ts';
import type { RuleContext } from './context.ts';

/** Prefixes of the Nx tags of all projects; `cuda` may be that of an axis. */
const ofProjects = new Set(['package', 'type', 'release', 'distro']);

/** `axis_labels`: labels of arguments that exist, which can be in names and tags. */
export function checkAxisLabels({ tree, problems }: RuleContext): void {
  const labels = namedEntriesOf(valueOf(tree, 'axis_labels'));
  if (labels.length === 0) return;
  const args = argumentNames(tree);
  for (const [name, { key, value }] of labels) {
    if (!args.has(name)) reportUnknownArgument('axis_labels', key, [...args], problems);
    if (value.kind !== 'scalar' || value.value === null || value.text === '') continue;
    if (ofProjects.has(value.text))
      problems.add(
        value,
        'bad-arg',
        `every project has an Nx tag \`${value.text}:\`, which would be that of \`${name}\` too`,
        {
          hint: 'give it another label',
        },
      );
    if (axisValueProblem(value.text) === undefined) continue;
    problems.add(
      value,
      'bad-arg',
      `\`${value.text}\` cannot be the label of \`${name}\`, since it is in names and tags`,
      {
        hint: 'letters, digits, `_`, `.` and `-`, with no dot at its end, at most 100; `""` for the value alone',
      },
    );
  }
}
