/** `FROM [--platform=...] `, `COPY --from=`, `RUN --mount=type=bind,from=`; then the reference, which may be quoted. */
const position = /(^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*|--from=|--mount=\S*\bfrom=)(["']?)([^\s"',]+)/gim;

/** Replaces the references of own images in a Dockerfile, only where a reference is allowed. */
export function replaceParents(dockerfile: string, parents: Record<string, string>): string {
  return dockerfile.replace(position, (whole, before: string, quote: string, reference: string) => {
    const id = Object.hasOwn(parents, reference) ? parents[reference] : undefined;
    return id === undefined ? whole : `${before}${quote}${id}`;
  });
}
