import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exclusively } from './exclusively.ts';
import { cache } from './installation.ts';

/** The newest release of each supported major of Node: https://nodejs.org/en/about/previous-releases */
export const nodeVersions: Record<string, string> = {
  '20': '20.20.2',
  '22': '22.23.3',
  '24': '24.21.0',
};

/**
 * The path of a Node program of this version, from an npm package with the released binary of one platform, which is
 * installed once.
 */
export function nodeProgram(version: string): string {
  return exclusively(cache, () => install(version));
}

function install(version: string): string {
  const name = `node-linux-${process.arch}`;
  const folder = join(cache, `node-${version}`);
  const program = join(folder, 'node_modules', name, 'bin/node');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const manifest = { name: `node-${version}`, private: true, dependencies: { [name]: version } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return program;
}

/** A search path on which `node` is this program. */
export function pathWith(program: string): string {
  return `${dirname(program)}:${process.env['PATH']}`;
}
