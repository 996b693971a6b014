/** Whether a path matches a glob of `nx.json`; supports `**`, `*`, `?` and `{a,b}`. Other patterns match nothing. */
export function globMatches(glob: string, path: string): boolean {
  const pattern = glob
    .replace(/^\.\//, '')
    .replace(/[.+^$()|\\]/g, '\\$&')
    .replaceAll('?', '[^/]')
    .replace(/\*{2,}\/|\*{2,}|\*/g, (stars) => (stars === '*' ? '[^/]*' : stars.endsWith('/') ? '(?:.*/)?' : '.*'))
    .replace(/\{([^{}]*)\}/g, (_, names: string) => `(?:${names.replaceAll(',', '|')})`);
  try {
    return new RegExp(`^${pattern}$`).test(path);
  } catch {
    return false;
  }
}
