import { spawn } from 'node:child_process';
import { posix } from 'node:path';

/** Bytes of a list; a workspace with more configuration files is not listed. */
const LARGEST_LIST = 16 * 1024 * 1024;

/** Like `listFiles`, for the `project.json` and `package.json` files. */
export function listProjectFiles(workspaceRoot: string): Promise<string[]> {
  return listFiles(workspaceRoot, ['project.json', 'package.json']);
}

/**
 * Workspace-relative paths of the files with these names that git does not ignore, sorted; none if git fails. Git runs
 * in parallel with the caller.
 */
export function listFiles(workspaceRoot: string, names: readonly string[]): Promise<string[]> {
  const patterns = names.flatMap((name) => [name, `**/${name}`]);
  const specs = patterns.map((pattern) => `:(glob)${pattern}`);
  return new Promise((resolve) => {
    const git = spawn('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...specs], {
      cwd: workspaceRoot,
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    let length = 0;
    git.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= LARGEST_LIST) chunks.push(chunk);
    });
    git.once('error', () => resolve([]));
    git.once('close', (status) => {
      if (status !== 0 || length > LARGEST_LIST) return resolve([]);
      const paths = Buffer.concat(chunks).toString('utf8').split('\0');
      resolve([...new Set(paths.filter((path) => path !== '').map((path) => posix.normalize(path)))].sort());
    });
  });
}
