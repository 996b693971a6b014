import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tinyFiles } from '../matrix.mjs';
import { pairs, run } from '../measure.mjs';
import { atEnd, Workspace } from '../workspace.mjs';

export const title = 'Building what is up to date';
export const what =
  '`nx run-many -t docker-build` of a base image and others on it, one small step each on `debian:bookworm-slim`, when ' +
  'all are up to date: few images against `docker buildx build` one after the other, many against `docker buildx bake` ' +
  'of the same Dockerfiles (the base as a `target:` context), both with all steps in the build cache. Target: at most 0.25.';
export const target = 0.25;
export const sizes = [11, 101];

/** Sequential runs are for sizes where they take seconds. */
const few = 20;

export async function measure({ size, count, report }) {
  const prefix = `bench${process.pid}-${size}-`;
  atEnd(() => removeImages(prefix));
  const ours = new Workspace(tinyFiles(size - 1), 'nx-image-matrix', { prefix });
  run(...ours.nx('run-many', '-t', 'docker-build'));
  const build = { command: ours.nx('run-many', '-t', 'docker-build') };
  const rival = size > few ? bake(ours) : oneByOne(ours);
  report({ images: size, case: 'all up to date', rivalName: rival.name, ...pairs(count, build, rival) });
}

function bake({ root, log }) {
  writeBakeFile(root, readImages(root));
  const command = ['docker', ['buildx', 'bake', '--file', 'docker-bake.json'], { cwd: root, env: process.env, log }];
  return { name: 'buildx bake', command };
}

function oneByOne({ root, log }) {
  const script = readImages(root).map(buildCommand).join('\n');
  return { name: 'buildx build, one by one', command: ['sh', ['-ec', script], { cwd: root, env: process.env, log }] };
}

/** Base first. */
function readImages(root) {
  const paths = readdirSync(join(root, 'docker'), { recursive: true }).filter((path) => path.endsWith('image.json'));
  return paths
    .map((path) => {
      const { reference, from, releaseType } = JSON.parse(readFileSync(join(root, 'docker', path), 'utf8'));
      return { reference, from, name: releaseType, dockerfile: join('docker', dirname(path), 'Dockerfile') };
    })
    .sort((a, b) => Number(b.name === 'base') - Number(a.name === 'base'));
}

function writeBakeFile(root, images) {
  const targets = images.map(({ reference, from, name, dockerfile }) => [
    name,
    {
      context: '.',
      dockerfile,
      tags: [`${reference}-bake`],
      ...(name !== 'base' && { contexts: { [from]: 'target:base' } }),
    },
  ]);
  const file = { group: { default: { targets: targets.map(([name]) => name) } }, target: Object.fromEntries(targets) };
  writeFileSync(join(root, 'docker-bake.json'), JSON.stringify(file, null, 2));
}

function buildCommand({ reference, dockerfile }) {
  return `docker buildx build --quiet --file ${dockerfile} --tag ${reference}-alone .`;
}

function removeImages(prefix) {
  const { stdout } = spawnSync('docker', ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'], { encoding: 'utf8' });
  const references = stdout.split('\n').filter((reference) => reference.startsWith(prefix));
  if (references.length > 0) spawnSync('docker', ['image', 'rm', '--force', ...references]);
}
