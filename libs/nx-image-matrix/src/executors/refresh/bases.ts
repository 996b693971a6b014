import { isImageReference } from '@nx-image-matrix/manifest';
import { familiarReference, parseReference } from '@nx-image-matrix/manifest/reference';
import { findEdges } from '../../matrix/edges.ts';
import { externalReferences, type ExternalReference } from '../../matrix/external-references.ts';
import type { GeneratedImage } from '../../matrix/generate-image.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { OwnReferences } from '../../matrix/own-references.ts';

/** An external base image of a manifest, or a generator of SBOMs. */
export interface Base {
  /** As Docker shows it: `debian:bookworm-slim`. */
  reference: string;
  /** Project names of the images that name it. */
  direct: string[];
  /** The same, and those of the images that start from them or copy from them, sorted. */
  images: string[];
}

/** What the images of a manifest start from or copy from, besides each other. */
export interface Bases {
  /** Sorted by reference. */
  bases: Base[];
  /** References that name no single image. */
  unresolved: ExternalReference[];
  /** Names of the manifest's images, and of those of other manifests that start from them or copy from them. */
  affected: ReadonlySet<string>;
}

/** The external bases of a manifest, whose images have been rendered without a lock together with all others. */
export function basesOf(manifest: string, matrices: readonly Matrix<GeneratedImage>[]): Bases {
  const all = matrices.flatMap(({ images }) => images);
  const own = new OwnReferences(all.map(({ image }) => [image.reference, image.name]));
  const ofManifest = matrices.filter(({ file }) => file === manifest).flatMap(({ images }) => images);
  const withChildren = descendantsOf(findEdges(all).parents);
  const direct = new Map<string, Set<string>>();
  const unresolved: ExternalReference[] = [];
  for (const [name, found] of externalReferences(ofManifest, (reference) => own.find(reference).length > 0)) {
    if (found.reference.unknown || !isImageReference(name)) unresolved.push(found);
    else {
      const reference = familiarReference(name);
      const names = [found.image, ...found.others].map(({ image }) => image.name);
      direct.set(reference, new Set([...(direct.get(reference) ?? []), ...names]));
    }
  }
  for (const { image } of ofManifest) {
    const generator = image.attestations?.sbom?.generator;
    if (generator === undefined || parseReference(generator).digest !== undefined || own.find(generator).length > 0) {
      continue;
    }
    const reference = familiarReference(generator);
    direct.set(reference, new Set([...(direct.get(reference) ?? []), image.name]));
  }
  const bases = [...direct].map(([reference, names]): Base => {
    return { reference, direct: [...names].sort(), images: [...withChildren(names)].sort() };
  });
  return {
    bases: bases.sort((a, b) => (a.reference < b.reference ? -1 : 1)),
    unresolved,
    affected: withChildren(ofManifest.map(({ image }) => image.name)),
  };
}

/** A function that adds to images all that start from them or copy from them, directly or not. */
function descendantsOf(
  parents: ReadonlyMap<string, readonly string[]>,
): (names: Iterable<string>) => ReadonlySet<string> {
  const children = new Map<string, string[]>();
  for (const [child, named] of parents) {
    for (const parent of named) children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  return (names) => {
    const found = new Set(names);
    // A set that grows while it is iterated.
    for (const name of found) for (const child of children.get(name) ?? []) found.add(child);
    return found;
  };
}
