import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { Image } from '../image.ts';
import { canonicalRepository } from '../references/reference.ts';

type PushedImage = Pick<Image, 'name' | 'package' | 'tags' | 'floatingTags' | 'repositories' | 'push' | 'position'>;

/** A manifest and its images, as {@link findDuplicateReferences} compares them. */
export interface PushesOfManifest {
  file: string;
  images: PushedImage[];
}

interface Owner {
  image: PushedImage;
  file: string;
  floating: boolean;
}

/**
 * Finds references that two images of a workspace would push, in any package or manifest and however their repositories
 * are written: the later push would replace the earlier one. Reported once per pair of places that declare them.
 */
export function findDuplicateReferences(matrices: readonly PushesOfManifest[]): Diagnostic[] {
  const owners = new Map<string, Owner>();
  const found = new Map<string, Diagnostic>();
  const canonical = memoized(canonicalRepository);
  for (const { file, images } of matrices) {
    for (const image of images) {
      if (!image.push) continue;
      for (const repository of image.repositories) {
        const name = canonical(repository);
        const claim = (tag: string, floating: boolean): void => {
          const owner = owners.get(`${name}:${tag}`);
          if (!owner) owners.set(`${name}:${tag}`, { image, file, floating });
          else if (owner.image !== image) report(found, `${repository}:${tag}`, owner, { image, file, floating });
        };
        for (const tag of image.tags) claim(tag, false);
        // Floating tags are moved in the same repositories.
        for (const tag of image.floatingTags) claim(tag, true);
      }
    }
  }
  return [...found.values()];
}

function report(found: Map<string, Diagnostic>, reference: string, first: Owner, second: Owner): void {
  const { image, file } = second;
  // Images of a package that share a floating tag can be pushed; only docker-promote cannot choose between them.
  const promoted = first.floating && second.floating && first.file === file && first.image.package === image.package;
  const severity = promoted ? 'warning' : 'error';
  const places = [image.position, first.image.position].flatMap((at) => [at.file, at.line, at.column]);
  const place = [severity, ...places, file, first.file].join(':');
  if (found.has(place)) return;
  const where = first.file === file ? '' : ` of ${first.file}`;
  const verb = promoted ? 'is a floating tag of' : 'is pushed for';
  found.set(place, {
    ...image.position,
    code: 'duplicate-tag',
    severity,
    message: `\`${reference}\` ${verb} both \`${first.image.name}\`${where} and \`${image.name}\``,
    hint: promoted
      ? 'docker-promote moves none of the package: add what tells them apart to the tag'
      : 'give them different repositories, or add `{{ package }}` to the tags',
  });
}

function memoized(task: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const result = known.get(text) ?? task(text);
    known.set(text, result);
    return result;
  };
}
