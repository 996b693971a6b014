import { spawnSync } from 'node:child_process';
import { renderRunTag } from '@nx-image-matrix/manifest';

/**
 * Fills the date (UTC) and the commit of this run into a tag. Both are the same for all tags of a run.
 * @throws Error that says why git cannot tell the commit, and what to do
 */
export type FillTag = (tag: string) => string;

/** Fills in the tags of one run; calls git once, and only if a tag needs the commit. */
export function runTags(workspaceRoot: string): FillTag {
  const date = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  let commit: Commit | undefined;
  const run = {
    date,
    get sha() {
      commit ??= askGit(workspaceRoot);
      if (commit.problem !== undefined) throw new Error(commit.problem);
      return commit.sha;
    },
  };
  return (tag) => renderRunTag(tag, run);
}

type Commit = { sha: string; problem?: undefined } | { problem: string };

function askGit(cwd: string): Commit {
  const { status, stdout, stderr, error } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (status === 0) return { sha: stdout.trim() };
  const said = error?.message ?? stderr.trim().split('\n')[0] ?? '';
  return { problem: `git cannot tell the commit for {{ run.sha }}: ${said}\n  ${hintFor(said, cwd)}` };
}

function hintFor(said: string, cwd: string): string {
  if (/dubious ownership/.test(said)) {
    return `The checkout belongs to another user: run "git config --global --add safe.directory ${cwd}" first.`;
  }
  if (/ENOENT/.test(said)) return 'Install git, or give the image a tag without run.sha.';
  return 'Run this in a checkout that has its .git folder and a commit, or give the image a tag without run.sha.';
}
