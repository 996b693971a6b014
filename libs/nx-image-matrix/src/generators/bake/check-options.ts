import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { suggest } from '@nx-image-matrix/diagnostics';
import { filterByTags } from '../../matrix/filter-by-tags.ts';
import type { ImageFacts } from '../../matrix/generate-image.ts';

/** @throws Error if the file would be outside of the workspace, or was written by hand */
export function checkOutput(tree: Tree, output: string): void {
  if (output.startsWith('../') || posix.isAbsolute(output) || !output.endsWith('.json'))
    throw new Error(`--output is "${output}", but must be a file in the workspace whose name ends in .json.`);
  const former = tree.read(output, 'utf8');
  if (former !== null && !former.includes('nx-image-matrix:bake'))
    throw new Error(`${output} is there, and not by this generator. Choose another --output, or remove it first.`);
}

/** @throws Error if an option names a package that does not exist */
export function checkPackages(names: readonly string[] = [], images: readonly ImageFacts[]): void {
  const known = new Set(images.map(({ image }) => image.package));
  const wrong = names.find((name) => !known.has(name));
  if (wrong === undefined) return;
  const near = suggest(wrong, known);
  const hint = near ? `Did you mean "${near}"?` : `There are ${[...known].join(', ')}.`;
  throw new Error(`No manifest has a package "${wrong}". ${hint}`);
}

/**
 * The images with these Nx tags. `tagsOf` gives those of a project, which its `project.json` may add to.
 * @throws Error if no image has one of them, or none has all
 */
export function withTags(
  images: readonly ImageFacts[],
  tags: readonly string[],
  tagsOf: (project: string) => readonly string[] | undefined = () => undefined,
): ReadonlySet<ImageFacts> {
  const { kept, problem } = filterByTags(
    images.map((facts) => ({ nxTags: tagsOf(facts.image.name) ?? facts.image.nxTags, facts })),
    tags,
  );
  if (problem !== undefined) throw new Error(problem);
  if (kept.length === 0 && images.length > 0) throw new Error(`No image has all of these tags: ${tags.join(', ')}.`);
  return new Set(kept.map(({ facts }) => facts));
}

/** @throws Error if no image has a repository with this prefix */
export function checkRepositories(beginnings: readonly string[] = [], images: readonly ImageFacts[]): void {
  const known = [...new Set(images.flatMap(({ document }) => document.repositories))];
  const wrong = beginnings.find((beginning) => !known.some((repository) => repository.startsWith(beginning)));
  if (wrong !== undefined)
    throw new Error(`No repository begins with "${wrong}". There are ${known.join(', ') || 'none'}.`);
}
