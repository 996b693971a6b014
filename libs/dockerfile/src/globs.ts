/**
 * A glob for one path. The matchers of Nx (minimatch, and its own in Rust) quote special characters differently or not
 * at all, so each special character becomes `?`: the glob may match more than the path, never less. `!` and
 * `#` are special only at the start of a pattern, but a part of a pattern cannot tell.
 */
export function literalGlob(path: string): string {
  return path.replace(/[*?[\]{}()!#\\]/g, '?');
}

/**
 * A glob for a source of `COPY`. Docker supports `*`, `?`, `[a-z]`, and `\` to quote the next character:
 * https://pkg.go.dev/path/filepath#Match
 */
export function sourceGlob(path: string): string {
  return path.replace(/\\[^]|\[(?:\\[^]|[^\]\\])+\]|[[\]{}()!#\\]/g, '?');
}
