import { groupByRepository } from './git-repositories.ts';
import { runGit } from './run-git.ts';

/** Git's answer for some paths. */
export interface GitAnswer {
  /** Those that it ignores; tracked files are never ignored. */
  ignored: ReadonlySet<string>;
  /** Those without an answer: they may be ignored or not. */
  unknown: ReadonlySet<string>;
  /** The output of git, or why it could not run, if there are unknown paths. */
  problem?: string;
}

/**
 * Which of the given paths git ignores. Paths are relative to `cwd`, with `/`; one with a trailing `/` counts as a
 * folder, whether or not it exists, and is returned without it. Calls git once; if that fails, which it does for all
 * paths when one is in a submodule or behind a link, calls it once for each repository.
 */
export function gitIgnored(cwd: string, paths: readonly string[]): GitAnswer {
  if (paths.length === 0) return { ignored: new Set(), unknown: new Set() };
  const all = checkIgnore(cwd, paths);
  if (!('problem' in all)) return { ignored: withoutSlashes(all.ignored), unknown: new Set() };
  if (!concernsOnePath(all.problem)) {
    return { ignored: new Set(), unknown: withoutSlashes(paths), problem: all.problem };
  }
  const { questions, outside } = groupByRepository(cwd, paths);
  // No commit of this checkout says anything about paths outside of it.
  const ignored = new Set(outside);
  const unknown = new Set<string>();
  let problem: string | undefined;
  for (const [folder, asked] of questions) {
    const answer = checkIgnore(folder, [...asked.keys()]);
    if ('problem' in answer) problem ??= answer.problem;
    for (const [inside, concerned] of asked) {
      const into = 'problem' in answer ? unknown : answer.ignored.has(inside) ? ignored : undefined;
      for (const path of concerned) into?.add(path);
    }
  }
  const [known, open] = [withoutSlashes(ignored), withoutSlashes(unknown)];
  for (const path of known) open.delete(path);
  return { ignored: known, unknown: open, ...(problem !== undefined && { problem }) };
}

function withoutSlashes(paths: Iterable<string>): Set<string> {
  return new Set([...paths].map((path) => path.replace(/\/$/, '')));
}

/** https://git-scm.com/docs/git-check-ignore#_exit_status: 0 some are ignored, 1 none, 128 a fatal error. */
function checkIgnore(cwd: string, paths: readonly string[]): { ignored: Set<string> } | { problem: string } {
  const asked = paths.map((path) => `./${path}\0`).join('');
  const { status, stdout, problem } = runGit(cwd, ['check-ignore', '-z', '--stdin'], asked);
  if (problem !== undefined && status !== 1) return { problem };
  const ignored = stdout.toString('utf8').split('\0');
  return { ignored: new Set(ignored.flatMap((path) => (path === '' ? [] : [path.replace(/^\.\//, '')]))) };
}

/** Git stops at a path that belongs to another repository or that it cannot follow; ask for the others again. */
function concernsOnePath(problem: string): boolean {
  return /pathspec/i.test(problem) || /outside repository/.test(problem);
}
