import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import { actions } from './actions.ts';

const execute = promisify(execFile);
const used = /(?<=^\s*(?:- )?uses: )([\w.-]+\/[\w.-]+)((?:\/[\w.-]+)*)@([\w.-]+)$/gm;

interface Pin {
  commit: string;
  /** Follows the commit as a comment. */
  version: string;
}

/** Replaces the tags of actions with the commits that this version of the plugin knows. */
export function pinKnownActions(files: Record<string, string>): Record<string, string> {
  return replaceTags(files, new Map(Object.values(actions).map((action) => [action.uses, action])));
}

/**
 * Replaces the tags of actions with their current commits in the actions' own repositories; the tag follows as a
 * comment.
 * @param server URL before `owner/repository`
 * @throws Error that lists every action whose tag could not be read
 */
export async function pinActions(files: Record<string, string>, server: string): Promise<Record<string, string>> {
  const uses = new Set(Object.values(files).flatMap((text) => [...text.matchAll(used)].map((match) => key(match))));
  const pins = new Map<string, Pin>();
  const problems: string[] = [];
  for (const use of [...uses].sort()) {
    const [repository = '', tag = ''] = use.split('@');
    try {
      pins.set(use, {
        commit: await commitOf(`${server.replace(/\/+$/, '')}/${repository}`, tag),
        version: tag,
      });
    } catch (error) {
      problems.push(`${use}: ${messageOf(error)}`);
    }
  }
  if (problems.length > 0) {
    throw new Error(`Not every action could be pinned, so nothing was written:\n  ${problems.join('\n  ')}`);
  }
  return replaceTags(files, pins);
}

function replaceTags(files: Record<string, string>, pins: ReadonlyMap<string, Pin>): Record<string, string> {
  const replace = (whole: string, repository: string, folder: string, tag: string): string => {
    const pin = pins.get(`${repository}@${tag}`);
    return pin ? `${repository}${folder}@${pin.commit} # ${pin.version}` : whole;
  };
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll(used, replace)]));
}

function key([, repository, , tag]: RegExpMatchArray): string {
  return `${repository}@${tag}`;
}

/** The commit of a tag. An annotated tag is an object; `^{}` is what it points to (git-ls-remote(1)). */
async function commitOf(url: string, tag: string): Promise<string> {
  const name = `refs/tags/${tag}`;
  const { stdout } = await execute('git', ['ls-remote', '--', url, name, `${name}^{}`], {
    timeout: 60_000,
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0' },
  }).catch((error: { stderr?: string; message: string }) => {
    throw new Error(`git ls-remote ${url} failed: ${(error.stderr || error.message).trim()}`);
  });
  const found = new Map(stdout.split('\n').map(nameAndCommit));
  const commit = found.get(`${name}^{}`) ?? found.get(name);
  if (!commit || !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) throw new Error(`${url} has no tag ${tag}`);
  return commit;
}

/** A line of `git ls-remote`, as name and commit. */
function nameAndCommit(line: string): [name: string, commit: string] {
  const [commit = '', name = ''] = line.split('\t');
  return [name, commit];
}
