const everythingBelow = '/**/*';

/**
 * For each copied folder of a build context (as the pattern of everything below it), the patterns that the context's
 * `.dockerignore` excludes and that so are not inputs. Such a pattern applies to all inputs of an image, so a folder
 * that contains one of the `others` has none. All paths are relative to the context.
 */
export function excludedInputs(
  dockerignore: string,
  inputs: ReadonlySet<string>,
  others: readonly string[],
): ReadonlyMap<string, string[]> {
  const excluded = new Map<string, string[]>();
  const rules = lastingRules(dockerignore);
  if (rules.length === 0) return excluded;
  for (const input of inputs) {
    const folder = folderOf(input);
    if (folder === undefined || others.some((path) => overlap(folder, path))) continue;
    const patterns = rules.flatMap((rule) => patternsBelow(folder, rule));
    if (patterns.length > 0) excluded.set(input, patterns);
  }
  return excluded;
}

/** Rules that no later `!` reverts, and that mean the same to Docker and to Nx. */
function lastingRules(dockerignore: string): string[] {
  const lines = dockerignore.split(/\r?\n/).map((line) => line.trim().replace(/^\/|\/$/g, ''));
  return lines
    .slice(lines.findLastIndex((line) => line.startsWith('!')) + 1)
    .filter((line) => /^[\w.*/-]+$/.test(line) && !/[^/]\*\*|\*\*[^/]|\*\*$|(^|\/)\.{1,2}(\/|$)/.test(line));
}

function patternsBelow(folder: string, rule: string): string[] {
  if (rule.startsWith('**/')) return withContent(`${folder}/${rule}`);
  return rule.startsWith(`${folder}/`) ? withContent(rule) : [];
}

function withContent(pattern: string): string[] {
  return [pattern, pattern + everythingBelow];
}

function folderOf(input: string): string | undefined {
  const folder = input.endsWith(everythingBelow) ? input.slice(0, -everythingBelow.length) : undefined;
  return folder !== undefined && /[*?[]/.test(folder) ? undefined : folder;
}

function overlap(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}
