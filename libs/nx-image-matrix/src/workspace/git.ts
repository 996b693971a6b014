import { spawnSync } from 'node:child_process';

/**
 * Which of the given paths git ignores (tracked files are never ignored). Paths are relative to `cwd`, with `/`.
 * Without git, or outside a checkout, nothing is ignored.
 */
export function gitIgnored(cwd: string, paths: readonly string[]): Set<string> {
  if (paths.length === 0) return new Set();
  const { stdout, status } = spawnSync('git', ['check-ignore', '-z', '--stdin'], {
    cwd,
    input: paths.join('\0'),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return new Set(status === 0 ? stdout.split('\0').filter(Boolean) : []);
}
