/** The image label that names the own parents that an image was built on. */
export const PARENTS_LABEL = 'io.github.nx-image-matrix.parents';

/** The value of the label: `REFERENCE=DIGEST` of each own parent, sorted, with spaces between. Empty without parents. */
export function parentsLabel(digests: ReadonlyMap<string, string>): string {
  return [...digests]
    .map(([reference, digest]) => `${reference}=${digest}`)
    .toSorted()
    .join(' ');
}

/** The digests in a label. The references do not count: a release version changes them, and not the build ID. */
export function digestsIn(label: string | undefined): string[] {
  return (label ?? '').split(' ').flatMap((entry) => entry.split('=')[1] ?? []);
}
