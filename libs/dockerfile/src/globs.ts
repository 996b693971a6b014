/**
 * A glob for one path. The matchers of Nx (minimatch, and one of its own in Rust) quote signs in different ways or not at
 * all, so any one character stands for each sign that means something to one of them: the glob may match more than the
 * path, never less. A `!` or `#` means something at the start of a pattern only, which a part of one cannot know.
 */
export function literalGlob(path: string): string {
  return path.replace(/[*?[\]{}()!#\\]/g, '?');
}

/**
 * A glob for a source of `COPY`. Docker knows `*`, `?`, `[a-z]` and `\`, which quotes the next character:
 * https://pkg.go.dev/path/filepath#Match
 */
export function sourceGlob(path: string): string {
  return path.replace(/\\[^]|\[(?:\\[^]|[^\]\\])+\]|[[\]{}()!#\\]/g, '?');
}
