import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exclusively } from './exclusively.ts';

export const repository = join(dirname(fileURLToPath(import.meta.url)), '../../../..');
/** Where tests keep their installations. */
export const cache: string = join(repository, 'dist/test');

/** The Nx release for tests that do not choose another. */
export const newestNx: string = versionOf('nx');

/**
 * A folder whose `node_modules` contains one Nx release and the plugin, installed from its packed tarball as by a user.
 * Created once per content of the tarball.
 */
export function installation(nx: string = newestNx): string {
  return exclusively(cache, () => install(nx));
}

function install(nx: string): string {
  const tarball = packPlugin();
  const folder = join(cache, `nx-${nx}`);
  const stamp = createHash('sha256').update(readFileSync(tarball)).digest('hex');
  const stampFile = join(folder, 'tarball.sha256');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return folder;
  rmSync(join(folder, 'node_modules/nx-image-matrix'), { recursive: true, force: true });
  rmSync(join(folder, 'package-lock.json'), { force: true });
  mkdirSync(folder, { recursive: true });
  const dependencies = { nx, '@nx/devkit': devkitFor(nx), 'nx-image-matrix': `file:${tarball}` };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: `nx-${nx}`, private: true, dependencies }));
  execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  writeFileSync(stampFile, stamp);
  return folder;
}

/** Where the processes of a run find the shared tarball. */
const PACKED = 'NX_IMAGE_MATRIX_PACKED';

/** The plugin's tarball, created by `npm pack` once per run. */
export function packPlugin(): string {
  const packed = process.env[PACKED] ?? pack();
  process.env[PACKED] = packed;
  return packed;
}

function pack(): string {
  mkdirSync(cache, { recursive: true });
  const output = execFileSync(
    'npm',
    ['pack', '--json', '--ignore-scripts', '-w', 'nx-image-matrix', '--pack-destination', cache, '--loglevel=error'],
    { cwd: repository, encoding: 'utf8' },
  );
  const result = JSON.parse(output) as { filename: string }[] | Record<string, { filename: string }>;
  return join(cache, Object.values(result)[0]!.filename);
}

/** Nx and its devkit are published together, but the last number may differ. */
function devkitFor(nx: string): string {
  return nx === newestNx ? versionOf('@nx/devkit') : nx;
}

/** The version of an installed package of this repository. */
export function versionOf(name: string): string {
  const { version } = JSON.parse(readFileSync(join(repository, 'node_modules', name, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
