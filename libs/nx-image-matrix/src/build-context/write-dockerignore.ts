import { createWalkRule, matchBelow, reachesBelow, withFolders, type Matches } from './filter.ts';
import { hasWildcard, readPattern } from './pattern.ts';
import { readRules, type BadRule, type Rule } from './rules.ts';

/** A context's own `.dockerignore`, in the form used in the generated one. */
export interface OwnDockerignore {
  lines: string[];
  /** With the line numbers of the file itself. */
  rules: Rule[];
  /** Lines that Docker rejects. */
  bad: BadRule[];
}

/**
 * Reads a context's own `.dockerignore`. BuildKit does not evaluate a rule for a folder that is already excluded, and
 * so not below it either; but it does when it opens a file. With an exception in between, files would be empty, so such
 * a rule is repeated for everything below.
 */
export function readOwnDockerignore(text = ''): OwnDockerignore {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  const { rules, bad } = readRules(lines.join('\n'));
  const repeated = new Map<Rule, Rule>();
  for (const [index, rule] of rules.entries()) {
    const pattern = isSkipped(rule, rules.slice(0, index)) ? readPattern(`${rule.pattern.text}/**`) : undefined;
    if (pattern) repeated.set(rule, { ...rule, pattern });
  }
  const added = new Map([...repeated.values()].map(({ line, pattern }) => [line, keepOut(pattern.text)]));
  // After the line that excludes everything, Docker would reach it.
  const left = new Set(bad.flatMap(({ line, unasked }) => (unasked ? line : [])));
  return {
    lines: lines.flatMap((line, index) => (left.has(index + 1) ? [] : [line, added.get(index + 1) ?? []].flat())),
    rules: rules.flatMap((rule) => [rule, repeated.get(rule) ?? []].flat()),
    bad,
  };
}

/**
 * The text of a `Dockerfile.dockerignore` that includes only the given paths of a context, followed by the context's
 * own rules, and by those for files that never enter a build. Of these paths it includes what the context's own file
 * alone would: https://docs.docker.com/build/concepts/context/#dockerignore-files. An empty path is the whole context.
 */
export function writeDockerignore(
  paths: readonly string[],
  own: Pick<OwnDockerignore, 'lines' | 'rules'>,
  neverEntering: readonly string[] = [],
): string {
  const lines = [...letIn([...new Set(paths)].sort(), own.rules), ...own.lines, ...neverEntering];
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * The rule, if any, that excludes all of a path from a context. For a path with wildcards, only a rule that surely
 * applies to everything it matches.
 */
export function findExclusion(path: string, rules: readonly Rule[]): Rule | undefined {
  const walks = createWalkRule(rules.filter(({ letsIn }) => letsIn).map(({ pattern }) => pattern));
  let matches: Matches | undefined;
  for (const folder of path === '' ? [] : withFolders(path)) {
    const verdict = matchBelow(rules, folder, matches);
    matches = verdict.matches;
    const rule = rules[verdict.decisive];
    if (!verdict.matched || rule === undefined || walks(folder)) continue;
    if (!hasWildcard(folder) || holdsForAll(folder, rules.slice(verdict.decisive))) return rule;
  }
  return undefined;
}

/**
 * Whether the first of some rules, which matches the text of a path with wildcards, excludes everything that the path
 * matches: its wildcards match any text, and no later rule includes some of it. A class or a quoted character of the
 * path does not match its own text, and `**` crosses folders that a rule may count.
 */
function holdsForAll(path: string, [rule, ...later]: readonly Rule[]): boolean {
  if (!rule || later.some(({ letsIn }) => letsIn)) return false;
  return !/[[\\]|\*\*/.test(path) && !/[?[\]\\^|{}]/.test(rule.pattern.text);
}

/** A name that no path of a context has. */
const NOTHING: ReadonlySet<string> = new Set(['.', '/', '..']);

/** Whether an earlier exception may apply below a path that a rule excludes. */
function isSkipped({ letsIn, pattern }: Rule, earlier: readonly Rule[]): boolean {
  if (letsIn || pattern.text.endsWith('**') || NOTHING.has(pattern.text)) return false;
  if (!earlier.some((rule) => !rule.letsIn)) return false;
  const exceptions = earlier.filter((rule) => rule.letsIn).map((rule) => rule.pattern);
  return exceptions.some((exception) => hasWildcard(pattern.text) || reachesBelow(exception)(pattern.text));
}

/** Excludes everything, then includes the paths. */
function letIn(paths: readonly string[], rules: readonly Rule[]): string[] {
  if (paths.includes('')) return [];
  if (!paths.some((path) => isAskedAbove(path, rules))) return ['*', ...paths.flatMap(letAllIn)];
  const known = [...new Set(paths.map(knownPart))];
  return known.includes('') ? [] : ['*', ...letFoldersIn(known), ...known.flatMap(letAllIn)];
}

function letAllIn(path: string): string[] {
  return [`!${quote(path)}`, `!${quote(path)}/**`];
}

/** Whether a rule of the context itself may apply to a folder above a path. */
function isAskedAbove(path: string, rules: readonly Rule[]): boolean {
  if (rules.length === 0) return false;
  const folders = withFolders(path).slice(0, -1);
  return folders.some((folder) => hasWildcard(folder) || rules.some(({ pattern }) => pattern.matches(folder)));
}

/**
 * The folders on the way, without their other content, so that the context's own rules are evaluated for each: below an
 * excluded folder, BuildKit no longer knows their results.
 */
function letFoldersIn(paths: readonly string[]): string[] {
  const byDepth: Set<string>[] = [];
  for (const path of paths) {
    for (const [depth, folder] of withFolders(path).slice(0, -1).entries()) (byDepth[depth] ??= new Set()).add(folder);
  }
  return byDepth.flatMap((folders) => {
    const quoted = [...folders].map(quote);
    return [...quoted.map((folder) => `!${folder}`), ...quoted.map((folder) => keepOut(`${folder}/*`))];
  });
}

/** The part of a path with a known number of folders: `**` is any number of them. */
function knownPart(path: string): string {
  const segments = path.split('/');
  const open = segments.findIndex((segment) => segment.includes('**'));
  return open === -1 ? path : segments.slice(0, open).join('/');
}

/** Quotes a line that begins like a comment or an exception. */
function keepOut(pattern: string): string {
  return /^[#!]/.test(pattern) ? `\\${pattern}` : pattern;
}

/** White space at the ends of a line is ignored, and a line end would begin another rule. */
function quote(path: string): string {
  return path.replace(/^\s|\s$|[\n\r\u0085]/g, '?');
}
