import { bake, readImages, removeImages } from '../bake.mjs';
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

function oneByOne({ root, log }) {
  const script = readImages(root).map(buildCommand).join('\n');
  return { name: 'buildx build, one by one', command: ['sh', ['-ec', script], { cwd: root, env: process.env, log }] };
}

function buildCommand({ reference, dockerfile }) {
  return `docker buildx build --quiet --file ${dockerfile} --tag ${reference}-alone .`;
}
