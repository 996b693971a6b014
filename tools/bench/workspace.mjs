import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFiles } from './matrix.mjs';
import { run } from './measure.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const repository = join(here, '../..');
const installation = join(repository, 'dist/bench');
const nxEntry = join(installation, 'node_modules/nx/dist/bin/nx.js');

/** Installs Nx, the packed plugin and the floor, once per content of the plugin. */
export function install() {
  mkdirSync(installation, { recursive: true });
  const [{ filename }] = Object.values(
    JSON.parse(
      npm(
        repository,
        'pack',
        '--json',
        '--ignore-scripts',
        '-w',
        'nx-image-matrix',
        '--pack-destination',
        installation,
      ),
    ),
  );
  const tarball = join(installation, filename);
  const stamp = createHash('sha256').update(readFileSync(tarball)).digest('hex');
  const stampFile = join(installation, 'tarball.sha256');
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
    rmSync(join(installation, 'node_modules/nx-image-matrix'), { recursive: true, force: true });
    rmSync(join(installation, 'package-lock.json'), { force: true });
    const dependencies = {
      nx: versionOf('nx'),
      '@nx/devkit': versionOf('@nx/devkit'),
      'nx-image-matrix': `file:${tarball}`,
    };
    writeFileSync(join(installation, 'package.json'), JSON.stringify({ name: 'bench', private: true, dependencies }));
    npm(installation, 'install', '--prefer-offline', '--no-audit', '--no-fund');
    writeFileSync(stampFile, stamp);
  }
  cpSync(join(here, 'floor'), join(installation, 'node_modules/bench-floor'), { recursive: true });
}

export function versionOf(name) {
  return JSON.parse(readFileSync(join(repository, 'node_modules', name, 'package.json'), 'utf8')).version;
}

function npm(cwd, ...args) {
  return execFileSync('npm', [...args, '--loglevel=error'], { cwd, encoding: 'utf8' });
}

const cleanups = new Set();

/** Runs a function at the end, however the process ends. */
export function atEnd(cleanup) {
  cleanups.add(cleanup);
}

process.on('exit', () => {
  for (const cleanup of cleanups) cleanup();
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

/** A folder that is removed at the end. */
export function scratchFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'image-matrix-bench-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An Nx workspace in a separate git checkout, with one plugin: `nx-image-matrix` or `bench-floor`. */
export class Workspace {
  constructor(files, plugin, options = {}) {
    this.root = join(scratchFolder(), 'workspace');
    this.log = join(this.root, '../log');
    writeFiles(this.root, {
      'package.json': JSON.stringify({ name: 'workspace', private: true }),
      'nx.json': JSON.stringify({ neverConnectToCloud: true, analytics: false, plugins: [{ plugin, options }] }),
      '.gitignore': 'node_modules\ndist\n.nx\n',
      ...files,
    });
    symlinkSync(join(installation, 'node_modules'), join(this.root, 'node_modules'));
    execFileSync('git', ['init', '--quiet'], { cwd: this.root });
  }

  /** How to start an Nx process, for `run` and `peakMemory`. */
  nx(...args) {
    return [process.execPath, [nxEntry, ...args], { cwd: this.root, env: environment(), log: this.log }];
  }

  forgetCaches() {
    rmSync(join(this.root, '.nx'), { recursive: true, force: true });
  }

  removeImages() {
    rmSync(join(this.root, 'docker'), { recursive: true, force: true });
  }
}

/** One digest of the names and bytes of all files below a folder. */
export function folderDigest(folder) {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(`${relative(folder, path)}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** @throws Error if the generated files of a workspace do not match the digest. */
export function requireDigest(root, digest) {
  if (folderDigest(join(root, 'docker')) !== digest) throw new Error(`Other files than expected in ${root}/docker.`);
}

/**
 * Two workspaces with the same files: `ours`, and `floor` with a plugin that returns the same projects from a constant.
 * `setState` changes both to 'missing' (no generated files) or 'in step' (all of them on disk, as rendered),
 * `putImages` writes the generated files to one of them, and `digest` is that of these.
 */
export async function workspacePair(files) {
  const ours = new Workspace(files, 'nx-image-matrix');
  const floor = new Workspace(files, 'bench-floor');
  const images = join(scratchFolder(), 'docker');
  const constants = { missing: await constantProjects(ours) };
  run(...ours.nx('run-many', '-t', 'docker-generate'));
  constants['in step'] = await constantProjects(ours);
  cpSync(join(ours.root, 'docker'), images, { recursive: true });
  const putImages = (workspace) => cpSync(images, join(workspace.root, 'docker'), { recursive: true });
  const setState = (state) => {
    writeFiles(floor.root, { 'dist/floor.json': constants[state] });
    for (const workspace of [ours, floor]) {
      workspace.removeImages();
      if (state === 'in step') putImages(workspace);
    }
  };
  return { ours, floor, setState, putImages, digest: folderDigest(images) };
}

/** The result of our plugin, with the floor's executors. */
async function constantProjects(workspace) {
  const { createNodes } = createRequire(join(installation, 'package.json'))('nx-image-matrix');
  const nxJsonConfiguration = JSON.parse(readFileSync(join(workspace.root, 'nx.json'), 'utf8'));
  const result = await createNodes[1](['manifest.yml'], {}, { workspaceRoot: workspace.root, nxJsonConfiguration });
  workspace.forgetCaches();
  return JSON.stringify(result).replaceAll('"executor":"nx-image-matrix:', '"executor":"bench-floor:');
}

/** The environment of a plain shell: no daemon, no CI, and nothing of the Node that started the benchmark. */
function environment() {
  const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' };
  for (const name of Object.keys(env)) {
    if (
      /^(CI|GITHUB_.*|NODE_OPTIONS|NODE_ENV|FORCE_COLOR|NO_COLOR|IMAGE_VERSION|NX_CACHE_.*|NX_WORKSPACE_.*)$/.test(name)
    ) {
      delete env[name];
    }
  }
  return env;
}
