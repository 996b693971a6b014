/** `FROM [--platform=...] `, `COPY --from=`, `RUN --mount=type=bind,from=`; the reference follows, perhaps in quotes. */
const position = /(^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*|--from=|--mount=\S*\bfrom=)(["']?)([^\s"',]+)/gim;

/** The text of a Dockerfile with the references of own images replaced, where a reference can stand and nowhere else. */
export function replaceParents(dockerfile: string, parents: Record<string, string>): string {
  return dockerfile.replace(position, (whole, before: string, quote: string, reference: string) => {
    const id = Object.hasOwn(parents, reference) ? parents[reference] : undefined;
    return id === undefined ? whole : `${before}${quote}${id}`;
  });
}
