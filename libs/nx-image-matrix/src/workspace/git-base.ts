import type { NxJsonConfiguration } from '@nx/devkit';
import { runGit } from './run-git.ts';

/** What the working tree is compared with. */
export interface Base {
  /** As it was given: `main`. */
  revision: string;
  /** The commit that is compared: where the branch left the revision. */
  commit: string;
}

/**
 * The revision that Nx compares with if none is given: `NX_BASE`, the default of `nx.json`, or `main`
 * (`getBaseRef` and `splitArgsIntoNxArgsAndOverrides` in Nx's `command-line-utils.ts`).
 */
export function defaultBase(
  nxJson: Pick<NxJsonConfiguration, 'defaultBase'> & { affected?: { defaultBase?: string } },
  environment: NodeJS.ProcessEnv,
): string {
  return environment['NX_BASE'] || (nxJson.defaultBase ?? nxJson.affected?.defaultBase ?? 'main');
}

/**
 * The commit that `nx affected --base=REVISION` compares with: the merge base of the revision and `HEAD`, or the
 * revision itself if they have no commit in common.
 * @throws Error that says why there is none.
 */
export function findBase(workspaceRoot: string, revision: string): Base {
  // Git would read the first as an option.
  if (/^-|[\s\0]|^$/.test(revision)) throw new Error(`"${revision}" is not a git revision.`);
  const merged = runGit(workspaceRoot, ['merge-base', revision, 'HEAD']);
  if (merged.problem === undefined) return { revision, commit: merged.stdout.toString('utf8').trim() };
  const itself = runGit(workspaceRoot, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
  const isShallow = itself.status !== undefined && isShallowClone(workspaceRoot);
  if (merged.status !== 1 || itself.problem !== undefined) {
    throw new Error(whyNoBase(revision, merged.problem, isShallow));
  }
  if (isShallow) {
    throw new Error(
      `This clone is shallow and does not contain the commit where HEAD left "${revision}". ${FETCH_HISTORY}`,
    );
  }
  return { revision, commit: itself.stdout.toString('utf8').trim() };
}

const FETCH_HISTORY =
  'Fetch the history: "git fetch --unshallow", "fetch-depth: 0" in GitHub Actions, "GIT_DEPTH: 0" in GitLab CI.';

function whyNoBase(revision: string, problem: string, isShallow: boolean): string {
  if (/dubious ownership/.test(problem)) {
    return `git refuses to read this repository, which belongs to another user: ${problem}`;
  }
  if (/not a git repository/i.test(problem)) {
    return 'This workspace is not in a git repository, so there is no earlier state to compare with.';
  }
  if (!/not a valid (object|commit) name|bad revision|unknown revision|ambiguous argument/i.test(problem)) {
    return `git could not find the revision "${revision}": ${problem}`;
  }
  if (/\bHEAD\b/.test(problem) && revision !== 'HEAD') return 'This repository has no commit yet.';
  const fetched = isShallow ? `This clone is shallow. ${FETCH_HISTORY}` : `Fetch it ("git fetch origin ${revision}"),`;
  return `There is no revision "${revision}" in this clone. ${fetched} ${isShallow ? 'Or name' : 'or name'} another one with --base, such as --base=origin/main or --base=HEAD~1.`;
}

function isShallowClone(workspaceRoot: string): boolean {
  const { stdout } = runGit(workspaceRoot, ['rev-parse', '--is-shallow-repository']);
  return stdout.toString('utf8').trim() === 'true';
}
