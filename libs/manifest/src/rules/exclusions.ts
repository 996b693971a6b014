import { suggest } from '@nx-image-matrix/diagnostics';
import type { Problems } from '../yaml/problems.ts';
import { indexDistros } from '../normalise/distros.ts';
import { exclusionKeys } from '../normalise/exclusions.ts';
import { flatItems, flatScalars, isNull, namedEntriesOf, valueOf } from '../normalise/read.ts';
import type { Item, ScalarNode } from '../yaml/tree.ts';
import type { RuleContext } from './context.ts';
import { argumentNames, reportUnknownArgument } from './arguments.ts';
import { checkDistro } from './distros.ts';
import { checkPackageName } from './package-name.ts';

/** `exclude`: each entry has a condition, and names only what the manifest has. */
export function checkExclusions(context: RuleContext): void {
  const { tree, problems } = context;
  const exclude = valueOf(tree, 'exclude');
  const entries = flatItems(exclude).filter(({ value }) => value.kind === 'map');
  if (!exclude || entries.length === 0) return;
  const reported = problems.diagnostics.length;
  const checks = checksOf(context);
  const args = argumentNames(tree);
  for (const entry of entries) {
    const conditions = namedEntriesOf(entry.value).filter(([, { value }]) => !isNull(value));
    if (conditions.length === 0) reportEmpty(entry, problems);
    for (const [name, condition] of conditions) {
      const check = checks.get(name);
      if (check) for (const scalar of flatScalars(condition.value)) check(scalar);
      else if (!args.has(name)) {
        const version =
          name === 'version' ? 'a version of a distro is named with it, as in `distro: debian12`' : undefined;
        reportUnknownArgument('exclude', condition.key, [...exclusionKeys, ...args], problems, version);
      }
    }
  }
  // An entry with an error would leave out too much or too little.
  if (problems.diagnostics.length > reported) problems.taint(exclude);
}

/** The check for the values of each key that is not the name of an argument. */
function checksOf({ tree, manifest, problems }: RuleContext): Map<string, (value: ScalarNode) => void> {
  const releases = valueOf(tree, 'releases');
  const distros = indexDistros(
    namedEntriesOf(releases).map(([name]) => name),
    manifest.releases,
  );
  const checks: Record<(typeof exclusionKeys)[number], (value: ScalarNode) => void> = {
    package: (value) => checkPackageName(value.text, value, valueOf(tree, 'packages'), problems),
    release_type: (value) => {
      if (!manifest.releaseTypes.has(value.text))
        reportMissing(value, 'unknown-release-type', 'there is no release type', manifest.releaseTypes, problems);
    },
    distro: (value) => {
      if (releases?.kind === 'map') checkDistro(value, distros, releases, problems);
    },
    cuda: (value) => {
      if (!manifest.cudaDependencies.has(value.text))
        reportMissing(
          value,
          'unknown-cuda-version',
          '`cuda_dependencies` has no CUDA version',
          manifest.cudaDependencies,
          problems,
        );
    },
  };
  return new Map(Object.entries(checks));
}

function reportMissing(
  value: ScalarNode,
  code: 'unknown-release-type' | 'unknown-cuda-version',
  message: string,
  known: ReadonlyMap<string, unknown>,
  problems: Problems,
): void {
  const nearest = suggest(value.text, known.keys());
  problems.add(value, code, `${message} \`${value.text}\``, { hint: nearest && `did you mean \`${nearest}\`?` });
}

function reportEmpty({ at }: Item, problems: Problems): void {
  problems.add(at, 'bad-exclusion', 'this entry has no condition, so it would leave out every image', {
    hint: `name what it leaves out: ${exclusionKeys.map((key) => `\`${key}\``).join(', ')}, or an argument and its value`,
  });
}
