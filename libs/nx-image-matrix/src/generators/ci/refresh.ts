import { shellWord } from './shell.ts';
import type { BaseLockPlan, CiPlan } from './plan.ts';

/*
 * The nightly refresh of base images, as lines of POSIX shell. One job changes files, with the dependencies of the
 * workspace and without a token that writes. Another one has that token, and runs nothing of the workspace: it gets a
 * patch and a text as files, and accepts changes of locks and generated files only.
 */

/** What the first job hands to the second. */
export const refreshFolder = 'dist/refreshed-bases';

/** The branch of the request. There is one at a time. */
const branch = 'nx-image-matrix/refresh-bases';

const title = 'chore: refresh base images';

/** Written last: a description belongs to it. */
export const patch = `${refreshFolder}/changes.patch`;

const description = `${refreshFolder}/request.md`;

/** Sets the variables `locked` and `unlocked`, if manifests have a lock, and if manifests have none. */
export function findLocks({ bases }: CiPlan): string[] {
  return [
    'locked= unlocked=',
    ...bases.map(({ lock }) => `if [ -e ${shellWord(lock)} ]; then locked=true; else unlocked=true; fi`),
  ];
}

/** Refreshes each lock; fails at the end if one of them has failed, since the others have moved. */
export function runRefresh({ nx, bases }: CiPlan): string {
  const command = ({ refresh }: BaseLockPlan): string => `${nx} run ${shellWord(refresh)}`;
  const [only, ...others] = bases;
  if (only && others.length === 0) return command(only);
  return [
    'failed=0',
    ...bases.map((base) => `if [ -e ${shellWord(base.lock)} ]; then ${command(base)} || failed=1; fi`),
    'exit "$failed"',
  ].join('\n');
}

/**
 * Writes the patch and the description, and then does `moved`. Images of a manifest without a lock may start from those
 * of another one, so every manifest explains its own.
 */
export function describeRefresh(plan: CiPlan, moved: readonly string[]): string {
  const { nx, bases } = plan;
  const explain = ({ explain: task }: BaseLockPlan, index: number): string =>
    `  ${nx} run ${shellWord(task)} --base=HEAD --markdown=${refreshFolder}/${index}.md`;
  const parts = bases.map((_, index) => `${refreshFolder}/${index}.md`);
  return [
    `mkdir -p ${refreshFolder}`,
    ...changedPaths(plan, 'git --literal-pathspecs add --all --'),
    'if ! git diff --cached --quiet; then',
    ...bases.map(explain),
    `  awk '${shorten}' ${parts.join(' ')} > ${description}`,
    `  rm ${parts.join(' ')}`,
    `  git diff-index --cached --patch --binary --no-ext-diff --no-textconv HEAD > ${patch}`,
    ...moved.map((line) => `  ${line}`),
    'fi',
  ].join('\n');
}

/** A description on GitHub has room for 65,536 characters. */
const shorten =
  '{ size += length($0) + 1 } size > 60000 { print "\\nThe rest did not fit: see the files."; exit } { print }';

/** What a forge needs to open or update a request. */
export interface Forge {
  /** Shell words of the identity: `name`, `email`. */
  identity: [name: string, email: string];
  /** The user of the repository's server, and the variable with the password. */
  user: string;
  token: string;
  /** A shell word: where the branch is pushed to. */
  remote: string;
  /** Creates or updates the request of `$branch` with `$title`, and the description in a file. */
  request: (description: string) => string[];
}

/**
 * Commits the patch and requests to merge it. The commit has the date of its parent: the same change is the same commit,
 * and is not pushed again.
 */
export function requestRefresh(plan: CiPlan, { identity: [name, email], user, token, remote, request }: Forge): string {
  return [
    `branch=${branch}`,
    `title='${title}'`,
    'server() {',
    '  git -c credential.helper= \\',
    `    -c 'credential.helper=!f() { echo username=${user}; echo "password=$${token}"; }; f' "$@"`,
    '}',
    `git apply --cached --whitespace=nowarn ${patch}`,
    ...refuseOthers(plan),
    'date="$(git log -1 --format=%cI)"',
    `export GIT_AUTHOR_NAME=${name} GIT_AUTHOR_EMAIL=${email} GIT_AUTHOR_DATE="$date"`,
    `export GIT_COMMITTER_NAME=${name} GIT_COMMITTER_EMAIL=${email} GIT_COMMITTER_DATE="$date"`,
    'tree="$(git write-tree)"',
    'commit="$(git commit-tree -p HEAD -m "$title" "$tree")"',
    // Branches whose names end alike are listed, too.
    `branches="$(server ls-remote ${remote} "refs/heads/$branch")"`,
    `old="$(printf '%s\\n' "$branches" | awk -v name="refs/heads/$branch" '$2 == name { print $1 }')"`,
    'if [ "$old" != "$commit" ]; then',
    `  server push --force-with-lease="refs/heads/$branch:$old" ${remote} "$commit:refs/heads/$branch"`,
    'fi',
    ...request(description),
  ].join('\n');
}

/** Runs a command with the locks that exist, and with the folders of their generated files. */
function changedPaths({ bases }: CiPlan, command: string): string[] {
  const [only, ...others] = bases;
  const words = ({ lock, output }: BaseLockPlan): string => `${shellWord(lock)} ${shellWord(output)}`;
  if (only && others.length === 0) return [`${command} ${words(only)}`];
  return [
    'set --',
    ...bases.map((base) => `if [ -e ${shellWord(base.lock)} ]; then set -- "$@" ${words(base)}; fi`),
    `${command} "$@"`,
  ];
}

/** The patch comes from a job that runs the dependencies of the workspace. */
function refuseOthers({ bases }: CiPlan): string[] {
  const excluded = bases.flatMap(({ lock, output }) => [lock, output]).map((path) => `:(top,exclude,literal)${path}`);
  return [
    `if ! git diff --cached --quiet -- . ${excluded.map(shellWord).join(' ')}; then`,
    "  echo 'The refresh changed other files than locks and generated files.' >&2",
    '  exit 1',
    'fi',
  ];
}
