import { type Diagnostic, moreImages, type Position, suggest } from '@nx-image-matrix/diagnostics';
import type { ImageReference } from '@nx-image-matrix/dockerfile';
import { familiarReference } from '@nx-image-matrix/manifest/reference';
import type { ImageFacts } from './generate-image.ts';
import { OwnReferences } from './own-references.ts';

/**
 * For each image of a workspace (by project name), the images that its Dockerfile names, and the errors in these: a
 * reference that only resembles an own one, or images that start from each other.
 */
export function findEdges(images: readonly ImageFacts[]): {
  parents: Map<string, string[]>;
  diagnostics: Diagnostic[];
} {
  const own = new OwnReferences(images.map(({ image }) => [image.reference, image.name]));
  const parents = new Map<string, string[]>();
  // A base image that a manifest names is not a typo.
  const external = new Set(images.map(({ image }) => familiarReference(image.baseImage)));
  const strays = new Strays();
  for (const facts of images) {
    const { image, references } = facts;
    const names = new Set<string>();
    for (const reference of references) {
      const found = own.find(reference.reference);
      for (const name of found) names.add(name);
      if (found.length === 0 && !external.has(familiarReference(reference.reference)))
        strays.add(facts, reference, own);
    }
    parents.set(image.name, [...names]);
  }
  return { parents, diagnostics: [...strays.diagnostics(), ...findCycles(images, parents)] };
}

/** Every image that an image starts `FROM` or copies from, directly or not. */
export function transitiveParents(name: string, parents: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Set<string>();
  const visit = (child: string): void => {
    for (const parent of parents.get(child) ?? []) {
      if (found.has(parent)) continue;
      found.add(parent);
      visit(parent);
    }
  };
  visit(name);
  return [...found];
}

const FROM_HINT = 'A template says {{ from }} for the image it starts from.';

/** Stray references of all images; equal ones in the Dockerfiles of one template are one error. */
class Strays {
  readonly #found = new Map<string, Stray & { others: number }>();

  add(facts: ImageFacts, reference: ImageReference, own: OwnReferences<string>): void {
    const stray = strayReference(facts, reference, own);
    if (!stray) return;
    const { line, column } = reference;
    const key = JSON.stringify([stray.found, line, column, facts.document.manifest, facts.templates]);
    const known = this.#found.get(key);
    if (known) known.others += 1;
    else this.#found.set(key, { ...stray, others: 0 });
  }

  diagnostics(): Diagnostic[] {
    return [...this.#found.values()].map(({ image, found, others, ...rest }) => ({
      code: 'bad-parent',
      severity: 'error',
      ...rest,
      message:
        others === 0
          ? `The Dockerfile of ${image} starts from or copies from ${found}.`
          : `The Dockerfiles of ${image}${moreImages(others)} start from or copy from ${found}.`,
    }));
  }
}

interface Stray extends Position {
  image: string;
  found: string;
  hint: string;
}

/**
 * A reference that is not an own image but has the name of an own package, or differs from an own reference by one
 * letter.
 */
function strayReference(
  { image, document }: ImageFacts,
  { reference, written, unknown, line, column }: ImageReference,
  own: OwnReferences<string>,
): Stray | undefined {
  const near = own.isOurs(reference) ? suggest(reference, own.names()) : own.oneSlipAway(reference);
  if (near === undefined && !own.isOurs(reference)) return undefined;
  const found = unknown
    ? `"${written}", and no image of this workspace has such a reference, whatever ${unknown.join(', ')} may be`
    : `"${reference}", but no image of this workspace has that reference`;
  return {
    image: image.name,
    found,
    file: `${document.folder}/Dockerfile`,
    line,
    column,
    hint: near && !unknown ? `did you mean "${near}"? ${FROM_HINT}` : FROM_HINT,
  };
}

function findCycles(images: readonly ImageFacts[], parents: ReadonlyMap<string, readonly string[]>): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (name: string): void => {
    if (done.has(name)) return;
    const start = path.indexOf(name);
    if (start >= 0) {
      const cycle = [...path.slice(start), name];
      const place = images.find(({ image }) => image.name === name)?.image.position;
      if (!place) throw new Error(`"${name}" is an image without a place in a manifest.`);
      diagnostics.push({
        code: 'image-cycle',
        severity: 'error',
        ...place,
        message: `These images start FROM or copy from each other: ${cycle.join(' -> ')}.`,
      });
      return;
    }
    path.push(name);
    for (const parent of parents.get(name) ?? []) visit(parent);
    path.pop();
    done.add(name);
  };
  for (const { image } of images) visit(image.name);
  return diagnostics;
}
