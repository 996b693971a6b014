import type { Problems } from '../yaml/problems.ts';
import { isLiquid } from '../expand/liquid.ts';
import type { Manifest, Package, Release, ReleaseType } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';
import { textOf, valueOf } from '../normalise/read.ts';
import { layersOf, specsOf } from '../normalise/specs.ts';
import { isImageReference } from '../references/grammar.ts';
import { isPartOfTag, isTag } from '../references/tag.ts';
import { isLeftOut } from '../normalise/exclusions.ts';
import type { RuleContext } from './context.ts';

/** A release that a package lists has templates, and whatever starts from no other image has a base image. */
export function checkNeededKeys({ manifest, problems }: RuleContext): void {
  for (const { name, listings } of manifest.packages) {
    for (const { releaseType, distros } of listings) {
      const releases = distros
        .flatMap((distro) => distro.releases)
        .filter((release) => !isLeftOut(manifest.exclusions, name, releaseType, release));
      for (const release of releases) {
        checkNeeded(release, 'templates_dir', problems);
        const { type, pkg } = rootOf(releaseType, name, release, manifest);
        const { baseImage } = pkg?.layer ?? {};
        const own = baseImage === undefined ? type?.layer.baseImage : baseImage;
        if (own === undefined) checkNeeded(release, 'base_image', problems);
        else if (own === null) {
          reportMissing(release, `\`base_image\` for \`${type?.name}\` of \`${pkg?.name}\``, problems);
        }
      }
    }
  }
}

/** The root ancestor of a release type on a release, with its package; the type itself if it has no parent. */
function rootOf(
  name: string,
  owner: string,
  release: Release,
  manifest: Manifest,
): { type?: ReleaseType; pkg?: Package } {
  const passed = new Set<ReleaseType>();
  let type = manifest.releaseTypes.get(name);
  let pkg = manifest.packages.find((candidate) => candidate.name === owner);
  while (type?.from !== undefined && !passed.has(type)) {
    passed.add(type);
    const { fromPackage } = type;
    const parent = manifest.releaseTypes.get(type.from);
    if (!parent || (parent.name === 'base' && !release.multistage)) break;
    if (fromPackage !== undefined) pkg = manifest.packages.find((candidate) => candidate.name === fromPackage);
    type = parent;
  }
  return { ...(type && { type }), ...(pkg && { pkg }) };
}

function checkNeeded({ entries, distro, key: place }: Release, key: string, problems: Problems): void {
  const value = entries.get(key)?.value;
  if (value && (value.kind !== 'scalar' || (value.value !== null && value.text !== ''))) return;
  reportMissing({ distro, key: place }, `\`${key}\``, problems);
}

function reportMissing({ distro, key }: Pick<Release, 'distro' | 'key'>, what: string, problems: Problems): void {
  problems.add(key, 'missing-key', `${distro.id} has no ${what}, and inherits none from \`release_spec\``, {
    harmless: true,
  });
}

/** Values of releases that become part of references. */
export function checkReleaseReferences({ tree, problems }: RuleContext): void {
  for (const layer of layersOf(tree)) checkBaseImage(valueOf(layer, 'base_image'), problems);
  for (const spec of specsOf(tree)) {
    const addToTags = textOf(valueOf(spec, 'add_to_tags'));
    if (addToTags && !(isPartOfTag(addToTags.text) && isTag(`_${addToTags.text}`))) {
      problems.add(addToTags, 'bad-tag', `\`${addToTags.text}\` cannot stand in a tag`, {
        hint: 'letters, digits, `_`, `.` and `-`',
        harmless: true,
      });
    }
  }
}

function checkBaseImage(value: Node | undefined, problems: Problems): void {
  if (value?.kind !== 'scalar' || typeof value.value !== 'string' || value.text === '') return;
  if (isLiquid(value.text) || isImageReference(value.text)) return;
  problems.add(value, 'bad-reference', `\`${value.text}\` is not a reference to an image`, {
    hint: 'a repository in lower case with a tag or a digest, as in `debian:buster-slim`',
    harmless: true,
  });
}
