import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { basesFiles } from '../matrix.mjs';
import { pairs, run } from '../measure.mjs';
import { atEnd, scratchFolder, Workspace } from '../workspace.mjs';

export const title = 'Refreshing external bases';
export const what =
  '`nx run images:docker-refresh` of 41 references in a registry on this machine, less what Nx takes to start a task of ' +
  'that project (`docker-promote`, which has nothing to do), pair by pair. "none moved" writes nothing; "all moved" writes ' +
  'the lock and the files of every image. Target: at most 3 s.';
export const target = 1;
export const sizes = [10, 1_000];

const limit = 3_000;

export async function measure({ size, count, report }) {
  const moves = join(scratchFolder(), 'moves');
  writeFileSync(moves, '0');
  const registry = await startRegistry(moves);
  const ours = new Workspace(basesFiles(Math.max(size, 40), registry), 'nx-image-matrix');
  run(...ours.nx('run', 'images:docker-refresh'));
  let moved = 0;
  for (const [name, move] of [
    ['none moved', () => {}],
    ['all moved', () => writeFileSync(moves, String(++moved))],
  ]) {
    const refresh = { prepare: move, command: ours.nx('run', 'images:docker-refresh') };
    const times = pairs(count, refresh, { command: ours.nx('run', 'images:docker-promote') });
    const above = times.ours.map((milliseconds, pair) => milliseconds - times.rival[pair]);
    report({
      images: Math.max(size, 40),
      case: name,
      ours: above,
      rivalName: 'at most',
      rival: above.map(() => limit),
    });
  }
}

/** A process of its own, because a run blocks this one. */
async function startRegistry(moves) {
  const script = fileURLToPath(new URL('../registry.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, moves], { stdio: ['ignore', 'pipe', 'inherit'] });
  atEnd(() => child.kill());
  const [port] = await once(child.stdout, 'data');
  child.stdout.destroy();
  child.unref();
  return `127.0.0.1:${String(port).trim()}`;
}
