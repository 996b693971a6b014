import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jinja, matrixFiles, writeFiles } from '../matrix.mjs';
import { pairs, run } from '../measure.mjs';
import { requireDigest, scratchFolder } from '../workspace.mjs';

export const title = 'Generating everything';
export const what =
  '`nx run-many -t docker-generate` of all images without `.nx`; ours starts without `docker/`. The executors of the ' +
  'floor do nothing. "stores nothing": it starts without `docker/` as well, so Nx finds no outputs to put into its ' +
  'cache. "stores the same": the same files lie there, so Nx puts them into its cache, as it does for ours (target of ' +
  'both: at most 1.3). Below each, what ours takes above that floor, pair by pair, against the whole of ' +
  '`tools/bench/rival.py`, a script with PyYAML (libyaml) and Jinja2 that writes the same bytes (target: at most 1.5).';
export const target = 1.3;
export const sizes = [10, 100, 1_000];

export async function measure({ pairOf, size, count, report, python }) {
  const { ours, floor, setState, putImages, digest } = await pairOf(size);
  const script = python && scriptTimes(python, size, count, digest);
  for (const stores of ['nothing', 'the same']) {
    setState('missing');
    if (stores === 'the same') putImages(floor);
    const times = pairs(
      count,
      generate(ours, () => ours.removeImages()),
      generate(floor),
    );
    requireDigest(ours.root, digest);
    const rivalName = `floor, stores ${stores}`;
    report({ images: size, case: 'cold', rivalName, ...times });
    if (!script) continue;
    const above = times.ours.map((milliseconds, pair) => milliseconds - times.rival[pair]);
    report({
      images: size,
      case: `above the ${rivalName}`,
      rivalName: 'Jinja2',
      ours: above,
      rival: script,
      target: 1.5,
    });
  }
  for (const workspace of [ours, floor]) workspace.removeImages();
}

function generate(workspace, prepare) {
  return {
    prepare: () => {
      workspace.forgetCaches();
      prepare?.();
    },
    command: workspace.nx('run-many', '-t', 'docker-generate'),
  };
}

function scriptTimes(python, size, count, digest) {
  const folder = scratchFolder();
  writeFiles(folder, matrixFiles(size, jinja));
  const script = join(dirname(fileURLToPath(import.meta.url)), '../rival.py');
  const once = () => {
    rmSync(join(folder, 'docker'), { recursive: true, force: true });
    return run(python, [script, folder], { cwd: folder, env: process.env, log: join(folder, 'log') });
  };
  once();
  requireDigest(folder, digest);
  return Array.from({ length: count }, once);
}
