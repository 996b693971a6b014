import { spawnSync } from 'node:child_process';
import { printable } from '@nx-image-matrix/diagnostics';
import { branchForTag, formatDate, renderRunTag, type Run } from '@nx-image-matrix/manifest';
import { branchOfCi } from '../workspace/ci-branch.ts';

/**
 * Puts the date (UTC), the commit and the branch of this run into a tag that asks for them. They are the same for all
 * tags of a run.
 * @throws Error that says why git cannot tell the commit or the branch, and what to do
 */
export type FillTag = (tag: string) => string;

/** Fills in the tags of one run; calls git once for each value, and only if a tag needs it. */
export function runTags(workspaceRoot: string, environment = process.env): FillTag {
  const now = new Date();
  const once = memoized((name: keyof typeof questions) => askGit(workspaceRoot, name));
  const run: Run = {
    date: formatDate(now, '%Y%m%d'),
    formatDate: (format) => formatDate(now, format),
    get sha() {
      return answerOf(once('sha'));
    },
    get full_sha() {
      return answerOf(once('full_sha'));
    },
    get branch() {
      const branch = branchOfCi(environment) ?? answerOf(once('branch'));
      const text = branchForTag(branch);
      if (text === '') throw new Error(`the branch \`${printable(branch)}\` has no character that a tag can have`);
      return text;
    },
  };
  return (tag) => renderRunTag(tag, run);
}

const questions = {
  sha: { what: 'commit', command: ['rev-parse', '--short', 'HEAD'] },
  full_sha: { what: 'commit', command: ['rev-parse', 'HEAD'] },
  branch: { what: 'branch', command: ['symbolic-ref', '--short', 'HEAD'] },
};

type Answer = { text: string; problem?: undefined } | { problem: string };

function answerOf(answer: Answer): string {
  if (answer.problem !== undefined) throw new Error(answer.problem);
  return answer.text;
}

function askGit(cwd: string, name: keyof typeof questions): Answer {
  const { what, command } = questions[name];
  const { status, stdout, stderr, error } = spawnSync('git', command, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (status === 0) return { text: stdout.trim() };
  const said = error?.message ?? stderr.trim().split('\n')[0] ?? '';
  return { problem: `git cannot tell the ${what} for {{ run.${name} }}: ${said}\n  ${hintFor(said, cwd, name)}` };
}

function hintFor(said: string, cwd: string, name: keyof typeof questions): string {
  if (/dubious ownership/.test(said)) {
    return `The checkout belongs to another user: run "git config --global --add safe.directory ${cwd}" first.`;
  }
  if (/ENOENT/.test(said)) return `Install git, or give the image a tag without run.${name}.`;
  if (/not a symbolic ref/.test(said)) {
    return `No branch is checked out: run "git switch -c NAME" first, or give the image a tag without run.${name}.`;
  }
  return `Run this in a checkout that has its .git folder and a commit, or give the image a tag without run.${name}.`;
}

function memoized<K, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}
