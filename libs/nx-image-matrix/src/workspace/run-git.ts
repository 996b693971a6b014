import { spawnSync } from 'node:child_process';

/** What a call of git gave. */
export interface GitResult {
  /** Absent if git did not run, or was ended. */
  status?: number;
  stdout: Buffer;
  /** The output of git, or why it could not run, unless its exit code is 0. */
  problem?: string;
}

/** Bytes of an answer. */
const LARGEST_ANSWER = 256 * 1024 * 1024;
/** Milliseconds; git reads a few files, or compares a checkout with a commit. */
const TIMEOUT = 60_000;

/** Runs git in a folder; never throws. Its messages are in English, and it writes no index. */
export function runGit(cwd: string, args: readonly string[], input = ''): GitResult {
  const { stdout, stderr, status, signal, error } = spawnSync('git', args, {
    cwd,
    input,
    // Its output is compared and shown.
    env: { ...process.env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' },
    maxBuffer: LARGEST_ANSWER,
    timeout: TIMEOUT,
  });
  const result = { ...(status !== null && !error && { status }), stdout: stdout ?? Buffer.alloc(0) };
  if (!error && status === 0) return result;
  if (error && 'code' in error && error.code === 'ENOENT') return { ...result, problem: 'git was not found' };
  // If git stops before it has read its input, there is a pipe error besides its own message.
  const words = stderr?.toString('utf8').trim() || (signal ? `git was ended by ${signal}` : undefined);
  if (words !== undefined) return { ...result, problem: words };
  return { ...result, problem: status === null && error ? error.message : `git ended with exit code ${status}` };
}
