/** A glob for a path, in which each character that could mean something else stands for any one. */
export function plainGlob(path: string): string {
  return path.replaceAll(/[^\w./-]/gu, '?');
}
