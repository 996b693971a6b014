import type { Release } from '../manifest.ts';
import { isLeftOut } from '../normalise/exclusions.ts';
import { resolveCuda } from '../normalise/cuda.ts';
import { entryOf, isNull, valueOf } from '../normalise/read.ts';
import type { Node } from '../yaml/tree.ts';
import { specsOf } from '../normalise/specs.ts';
import type { RuleContext } from './context.ts';

/** `cuda` of releases: CUDA versions that `cuda_dependencies` has. */
export function checkReleaseCuda({ tree, manifest, problems }: RuleContext): void {
  const dependencies = valueOf(tree, 'cuda_dependencies');
  if (dependencies && dependencies.kind !== 'map' && !isNull(dependencies)) return;
  for (const spec of specsOf(tree)) {
    const cuda = entryOf(spec, 'cuda');
    if (!cuda) continue;
    for (const { at, node, code, message, hint } of resolveCuda(cuda, manifest.cudaDependencies).problems) {
      if (!problems.isSound(node)) continue;
      problems.add(at, code, message, { hint });
      problems.taint(node);
    }
  }
}

/** A release type with CUDA lists only releases that have CUDA and NVIDIA's packages for it. */
export function checkCudaAvailable({ manifest, problems }: RuleContext): void {
  for (const { name, listings } of manifest.packages) {
    for (const { releaseType, distros } of listings) {
      if (!manifest.releaseTypes.get(releaseType)?.cuda) continue;
      for (const { entry, releases } of distros) {
        const built = releases.filter((release) => !isLeftOut(manifest.exclusions, name, releaseType, release));
        const lacking = built.flatMap((release) => whatLacks(release) ?? []);
        if (lacking.length === 0) continue;
        problems.add(entry, 'cuda-not-available', `\`${releaseType}\` needs CUDA, but ${lacking.join(', and ')}`, {
          hint: 'name only the versions that have it, or give the release what it lacks',
          harmless: true,
          once: true,
        });
      }
    }
  }
}

function whatLacks({ distro, entries }: Release): string | undefined {
  if (isEmpty(entries.get('cuda')?.value)) return `${distro.id} has no \`cuda\``;
  if (isEmpty(entries.get('cuda_prefix_url')?.value)) return `${distro.id} has no \`cuda_prefix_url\``;
  return undefined;
}

function isEmpty(node: Node | undefined): boolean {
  if (node === undefined) return true;
  if (node.kind === 'scalar') return node.value === null || node.text === '';
  return node.kind === 'list' ? node.items.length === 0 : node.kind === 'map' && node.entries.size === 0;
}
