import type { Problems } from '../yaml/problems.ts';
import type { Release } from '../manifest.ts';
import { textOf, valueOf } from '../normalise/read.ts';
import { specsOf } from '../normalise/specs.ts';
import { isImageReference } from '../references/grammar.ts';
import { isPartOfTag, isTag } from '../references/tag.ts';
import { isLeftOut } from '../normalise/exclusions.ts';
import type { RuleContext } from './context.ts';

const needed = ['templates_dir', 'base_image'];

/** A release that a package lists has templates and a base image. */
export function checkNeededKeys({ manifest, problems }: RuleContext): void {
  const used = new Set(
    manifest.packages.flatMap(({ name, listings }) =>
      listings.flatMap(({ releaseType, distros }) =>
        distros
          .flatMap(({ releases }) => releases)
          .filter((release) => !isLeftOut(manifest.exclusions, name, releaseType, release)),
      ),
    ),
  );
  for (const release of used) for (const key of needed) checkNeeded(release, key, problems);
}

function checkNeeded({ entries, distro, key: place }: Release, key: string, problems: Problems): void {
  const value = entries.get(key)?.value;
  if (value && (value.kind !== 'scalar' || (value.value !== null && value.text !== ''))) return;
  problems.add(place, 'missing-key', `${distro.id} has no \`${key}\`, and inherits none from \`release_spec\``, {
    harmless: true,
  });
}

/** Values of releases that become part of references. */
export function checkReleaseReferences({ tree, problems }: RuleContext): void {
  for (const spec of specsOf(tree)) {
    const baseImage = valueOf(spec, 'base_image');
    if (
      baseImage?.kind === 'scalar' &&
      typeof baseImage.value === 'string' &&
      baseImage.text !== '' &&
      !isImageReference(baseImage.text)
    ) {
      problems.add(baseImage, 'bad-reference', `\`${baseImage.text}\` is not a reference to an image`, {
        hint: 'a repository in lower case with a tag or a digest, as in `debian:buster-slim`',
        harmless: true,
      });
    }
    const addToTags = textOf(valueOf(spec, 'add_to_tags'));
    if (addToTags && !(isPartOfTag(addToTags.text) && isTag(`_${addToTags.text}`))) {
      problems.add(addToTags, 'bad-tag', `\`${addToTags.text}\` cannot stand in a tag`, {
        hint: 'letters, digits, `_`, `.` and `-`',
        harmless: true,
      });
    }
  }
}
