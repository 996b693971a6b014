import type { Manifest, Package, Release } from '../manifest.ts';
import type { Problems } from '../yaml/problems.ts';
import { isLeftOut } from '../normalise/exclusions.ts';
import { resolveCuda } from '../normalise/cuda.ts';
import { entriesOf, entryOf, flatItems, flatScalars, isNull, namedEntriesOf, valueOf } from '../normalise/read.ts';
import { isReservedForCuda } from '../normalise/reserved.ts';
import type { Node } from '../yaml/tree.ts';
import { specsOf } from '../normalise/specs.ts';
import type { RuleContext } from './context.ts';

/** `cuda` of releases and packages: CUDA versions that `cuda_dependencies` has. */
export function checkReleaseCuda({ tree, manifest, problems }: RuleContext): void {
  const dependencies = valueOf(tree, 'cuda_dependencies');
  if (dependencies && dependencies.kind !== 'map' && !isNull(dependencies)) return;
  const packages = namedEntriesOf(valueOf(tree, 'package_spec')).map(([, { value }]) => value);
  for (const spec of [...specsOf(tree), ...packages]) {
    const cuda = entryOf(spec, 'cuda');
    if (!cuda) continue;
    for (const { at, node, code, message, hint } of resolveCuda(cuda, manifest.cudaDependencies).problems) {
      if (!problems.isSound(node)) continue;
      problems.add(at, code, message, { hint });
      problems.taint(node);
    }
    for (const { value } of cuda.value.kind === 'list' ? flatItems(cuda.value) : [cuda])
      checkSettings(value, manifest, dependencies, problems);
  }
}

/** `requires` and `platforms` count only in `cuda_dependencies`; a release that merges such an entry repeats them. */
function checkSettings(node: Node, manifest: Manifest, dependencies: Node | undefined, problems: Problems): void {
  const reserved = entriesOf(node).filter(({ key }) => isReservedForCuda(key.text));
  const [first] = reserved;
  if (!first) return;
  const [version] =
    resolveCuda({ key: first.key, value: node, at: node }, manifest.cudaDependencies).setting?.versions ?? [];
  for (const { key, value } of reserved) {
    const known = version === undefined ? undefined : valueOf(valueOf(dependencies, version), key.text);
    if (version === undefined || textsOf(known) === textsOf(value)) continue;
    problems.add(
      key,
      'unknown-key',
      `\`${key.text}\` has no effect here: it is not what \`${version}\` of \`cuda_dependencies\` has`,
      {
        hint: `write it there`,
        harmless: true,
      },
    );
  }
}

function textsOf(node: Node | undefined): string {
  return flatScalars(node)
    .map(({ text }) => text)
    .join(' ');
}

/** A release type with CUDA lists only releases that have CUDA and NVIDIA's packages for it. */
export function checkCudaAvailable({ manifest, problems }: RuleContext): void {
  for (const pkg of manifest.packages) {
    const { name, listings } = pkg;
    for (const { releaseType, distros } of listings) {
      if (!manifest.releaseTypes.get(releaseType)?.cuda) continue;
      for (const { entry, releases } of distros) {
        const built = releases.filter((release) => !isLeftOut(manifest.exclusions, name, releaseType, release));
        const lacking = built.flatMap((release) => whatLacks(pkg, release) ?? []);
        if (lacking.length === 0) continue;
        problems.add(
          entry,
          'cuda-not-available',
          `\`${releaseType}\` needs CUDA, but ${[...new Set(lacking)].join(', and ')}`,
          {
            hint: 'name only the versions that have it, or give the release or the package what it lacks',
            harmless: true,
            once: true,
          },
        );
      }
    }
  }
}

function whatLacks({ name, cuda: own }: Package, { distro, entries }: Release): string | undefined {
  if (own && isEmpty(own.entry.value)) return `\`package_spec\` gives \`${name}\` no \`cuda\``;
  if (!own && isEmpty(entries.get('cuda')?.value)) return `${distro.id} has no \`cuda\``;
  if (isEmpty(entries.get('cuda_prefix_url')?.value)) return `${distro.id} has no \`cuda_prefix_url\``;
  return undefined;
}

function isEmpty(node: Node | undefined): boolean {
  if (node === undefined) return true;
  if (node.kind === 'scalar') return node.value === null || node.text === '';
  return node.kind === 'list' ? node.items.length === 0 : node.kind === 'map' && node.entries.size === 0;
}
