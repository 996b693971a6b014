import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOurs } from '../stand/lib/ports.mjs';
import { startOnce } from './start-once.mjs';
import { prepareWorkspace } from './workspace.mjs';

const registry = process.env.STAND_REGISTRY;
const root = prepareWorkspace(process.env);
const nxCommand = join(createRequire(import.meta.url).resolve('nx/package.json'), '../dist/bin/nx.js');
const environment = {
  ...process.env,
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  // It would redraw the last lines over those of builds and pushes.
  NX_TASKS_RUNNER_DYNAMIC_OUTPUT: 'false',
};

process.chdir(root);
nx('sync');
// Nx may end before the last lines of a long output have been read.
const matrix = join('dist', 'matrix.json');
nx('run', 'images:docker-matrix', `--json=${matrix}`);
const images = JSON.parse(readFileSync(matrix, 'utf8')).filter((image) => image.distro === 'debian');
const projects = images.map((image) => image.project).join(',');
nxLoud('run-many', '-t', 'docker-build', '-p', projects);
nxLoud('run-many', '-t', 'docker-test', '-p', projects);
await requireOwnRegistry();
nxLoud('run-many', '-t', 'docker-push', '-p', projects);

const rows = [];
for (const image of images) {
  const record = JSON.parse(readFileSync(join('dist', image.root, 'build.json'), 'utf8'));
  rows.push([
    image.project,
    image.reference,
    `${(record.size / 1e6).toFixed(1)} MB`,
    record.imageId.replace('sha256:', '').slice(0, 12),
    `${(record.duration / 1000).toFixed(1)} s`,
    `${JSON.parse(readFileSync(join('dist', image.root, 'test.json'), 'utf8')).results.length} passed`,
    startOnce(image.reference),
    await inRegistry(record.pushed),
  ]);
}
printTable(['PROJECT', 'IMAGE', 'SIZE', 'DIGEST', 'BUILT IN', 'TESTS', 'STARTS', 'IN THE REGISTRY'], rows);

/** Another program may use the port since the stand was started. */
async function requireOwnRegistry() {
  if (await isOurs(registry, process.env.STAND_TOKEN)) return;
  console.error(`The server at ${registry} is not the registry of the stand; nothing was pushed. Run npm start again.`);
  process.exit(1);
}

/** The registry's digests for what was pushed. */
async function inRegistry(pushed) {
  const found = [];
  for (const [reference, digest] of Object.entries(pushed)) {
    const [, name, tag] = /^[^/]+\/(.+):([^:]+)$/.exec(reference);
    const response = await fetch(`http://${registry}/v2/${name}/manifests/${tag}`, {
      method: 'HEAD',
      headers: {
        accept: [
          'application/vnd.oci.image.index.v1+json',
          'application/vnd.oci.image.manifest.v1+json',
          'application/vnd.docker.distribution.manifest.list.v2+json',
          'application/vnd.docker.distribution.manifest.v2+json',
        ].join(', '),
      },
    });
    if (!response.ok || response.headers.get('docker-content-digest') !== digest) {
      throw new Error(`The registry answers ${response.status} for ${reference}, which was pushed as ${digest}.`);
    }
    found.push(`${name}:${tag}`);
  }
  return found.join(' ') || '-';
}

function printTable(header, cells) {
  const widths = header.map((name, column) => Math.max(name.length, ...cells.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  console.log(['', line(header), ...cells.map(line)].join('\n'));
}

function nx(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [nxCommand, ...args], {
    env: environment,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) fail(args, `${stdout}${stderr}`);
  return stdout;
}

function nxLoud(...args) {
  console.log(`\n> nx ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [nxCommand, ...args], { env: environment, stdio: 'inherit' });
  if (status !== 0) fail(args, '');
}

function fail(args, output) {
  console.error(`${output}\nnx ${args.join(' ')} failed in ${root}.`);
  process.exit(1);
}
