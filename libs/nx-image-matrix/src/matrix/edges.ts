import type { Diagnostic } from '@nx-image-matrix/manifest';
import { suggest } from '@nx-image-matrix/manifest';
import type { ImageFacts } from './generate-image.ts';

/**
 * For each image of a workspace (by project name) the images that its Dockerfile names, and what is wrong with them:
 * a reference that only looks like one of ours, or images that start from each other.
 */
export function findEdges(images: readonly ImageFacts[]): {
  parents: Map<string, string[]>;
  diagnostics: Diagnostic[];
} {
  const byReference = new Map(images.map((generated) => [generated.image.reference, generated]));
  const ownNames = new Set(images.map(({ image }) => repositoryOf(image.reference)));
  const parents = new Map<string, string[]>();
  const diagnostics: Diagnostic[] = [];
  for (const { image, references } of images) {
    const names = new Set<string>();
    for (const { reference } of references) {
      const parent = byReference.get(reference);
      if (parent) names.add(parent.image.name);
      else if (ownNames.has(repositoryOf(reference)))
        diagnostics.push(strayReference(image.name, reference, image.position, byReference));
    }
    parents.set(image.name, [...names]);
  }
  return { parents, diagnostics: [...diagnostics, ...findCycles(images, parents)] };
}

/** Everything that an image starts FROM or copies from, directly or not. */
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

function strayReference(
  name: string,
  reference: string,
  position: { file: string; line: number; column: number },
  known: ReadonlyMap<string, unknown>,
): Diagnostic {
  const near = suggest(reference, known.keys());
  return {
    code: 'bad-parent',
    severity: 'error',
    ...position,
    message: `The Dockerfile of ${name} starts from or copies from "${reference}", but no image of this workspace has that reference.`,
    hint: near
      ? `Did you mean "${near}"? A template says {{ from }} for the image it starts from.`
      : 'A template says {{ from }} for the image it starts from.',
  };
}

function findCycles(images: readonly ImageFacts[], parents: ReadonlyMap<string, readonly string[]>): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const positions = new Map(images.map(({ image }) => [image.name, image.position]));
  const visit = (name: string): void => {
    if (done.has(name)) return;
    const start = path.indexOf(name);
    if (start >= 0) {
      const cycle = [...path.slice(start), name];
      diagnostics.push({
        code: 'image-cycle',
        severity: 'error',
        ...positions.get(name)!,
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

function repositoryOf(reference: string): string {
  return reference.slice(0, reference.lastIndexOf(':'));
}
