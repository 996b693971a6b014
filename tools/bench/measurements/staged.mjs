import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bake, removeImages } from '../bake.mjs';
import { tinyFiles } from '../matrix.mjs';
import { median, pairs, run } from '../measure.mjs';
import { workspacePair } from '../workspace.mjs';

export const title = 'A fresh machine';
export const what =
  'An engine without images and without a build cache, no `build.json` and no cache of Nx; a base image and others on it, one small step ' +
  'each. Everything is in [staging](staging.md) (`IMAGE_LOAD=false`); for `docker buildx bake` everything is in a cache in the same registry ' +
  '(`--cache-from type=registry`, written with `mode=max`), and its output goes to the registry (`--push`), so it loads nothing either. Pushes are ' +
  'against the floor: at most twice that, and 20 ms for each image. A cold build is one without staging and without that cache.';
export const target = 0.15;
export const sizes = [101];

/** Milliseconds for each image of a push. */
const each = 20;
const prefix = 'app:';

export async function measure({ size, count, report }) {
  if (!hasOwnEngine()) {
    console.error('Not measured: it empties the build cache, so it runs only on the engine of the stand.');
    return;
  }
  const repository = `${process.env.STAND_REGISTRY}/bench${process.pid}`;
  const before = process.env.IMAGE_LOAD;
  process.env.IMAGE_LOAD = 'false';
  try {
    await measureStaged({ size, count, report, repository });
    await measureCold({ size, count, report });
  } finally {
    if (before === undefined) delete process.env.IMAGE_LOAD;
    else process.env.IMAGE_LOAD = before;
    removeImages(prefix);
  }
}

async function measureStaged({ size, count, report, repository }) {
  const files = tinyFiles(size - 1);
  const sections = `staging: { repository: ${repository}/staging }\nrepository: { bench: { registry: { app: ${repository}/app } } }\n`;
  const { ours, floor, setState } = await workspacePair({ ...files, 'manifest.yml': sections + files['manifest.yml'] });
  setState('in step');
  run(...ours.nx('run-many', '-t', 'docker-push'));
  const cache = (name) => `type=registry,ref=${repository}/cache:${name}`;
  const written = (name) => ({ 'cache-to': [`${cache(name)},mode=max`], output: ['type=cacheonly'] });
  run(...bake(ours, written, 'fill.json').command);
  const pushed = (name) => ({
    'cache-from': [cache(name)],
    tags: [`${repository}/bake:${name}`],
    output: ['type=registry'],
    attest: ['type=provenance,disabled=true'],
  });
  const rival = bake(ours, pushed);
  const prepare = () => makeFresh(ours);
  const all = { prepare, command: ours.nx('run-many', '-t', 'docker-build') };
  const ofBake = { prepare, command: rival.command };
  const rivalName = `${rival.name}, cache in the registry`;
  report({ images: size, case: 'all staged: build', rivalName, ...pairs(count, all, ofBake) });

  const push = { prepare, command: ours.nx('run-many', '-t', 'docker-push') };
  const least = { prepare: () => floor.forgetCaches(), command: floor.nx('run-many', '-t', 'docker-push') };
  const times = pairs(count, push, least);
  const most = Number((2 + (each * size) / median(times.rival)).toFixed(2));
  report({ images: size, case: 'all staged: push', rivalName: 'floor', ...times, target: most });

  let edits = 0;
  const edit = () => {
    edits += 1;
    const step = `FROM {{ from }}\nRUN echo ${process.pid}-${edits} >> /steps\n`;
    writeFileSync(join(ours.root, 'templates/t0.Dockerfile.liquid'), step);
    run(...ours.nx('run', 'app-debian12-t0:docker-generate'));
    makeFresh(ours);
  };
  const one = { prepare: edit, command: all.command };
  report({
    images: size,
    case: 'one leaf changed: build',
    rivalName,
    ...pairs(count, one, { ...ofBake, prepare: edit }),
  });
}

async function measureCold({ size, count, report }) {
  const { ours, setState } = await workspacePair(tinyFiles(size - 1));
  setState('in step');
  const rival = bake(ours);
  const prepare = () => makeFresh(ours);
  const build = { prepare, command: ours.nx('run-many', '-t', 'docker-build') };
  const times = pairs(Math.min(count, 3), build, { prepare, command: rival.command }, 0);
  report({ images: size, case: 'cold build', rivalName: rival.name, ...times, target: 0.8 });
}

function makeFresh({ root, forgetCaches }) {
  removeImages(prefix);
  execFileSync('docker', ['buildx', 'prune', '--all', '--force'], { stdio: 'ignore' });
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  forgetCaches.call({ root });
}

/** Whether the engine is the one that the stand has started, whose images and cache are nobody's. */
function hasOwnEngine() {
  const { DOCKER_HOST: host = '', NX_IMAGE_MATRIX_STAND: state = '/var/lib/nx-image-matrix-stand' } = process.env;
  return host.startsWith(`unix://${state}/`);
}
