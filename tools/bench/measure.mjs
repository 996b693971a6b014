import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs a process to its end and returns its milliseconds. Its output goes to a file: pipes would also wait for the
 * workers that Nx leaves behind for a moment.
 */
export function run(command, args, { cwd, env, log }) {
  const output = openSync(log, 'w');
  const start = process.hrtime.bigint();
  const { status, error } = spawnSync(command, args, { cwd, env, stdio: ['ignore', output, output] });
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  closeSync(output);
  if (status !== 0) throw failure(command, args, status ?? error, log);
  return milliseconds;
}

/**
 * Runs `ours` and `rival` alternately and returns the milliseconds of each run. Each is `{ prepare, command }`, where
 * `prepare` is not measured and `command` has the arguments of `run`. The first `discarded` pairs do not count.
 */
export function pairs(count, ours, rival, discarded = 1) {
  const times = { ours: [], rival: [] };
  for (let pair = 0; pair < discarded + count; pair += 1) {
    for (const [name, { prepare, command }] of Object.entries({ ours, rival })) {
      prepare?.();
      const milliseconds = run(...command);
      if (pair >= discarded) times[name].push(milliseconds);
    }
  }
  return times;
}

/**
 * Runs a process and returns its milliseconds and the peak resident memory, in bytes, of its largest process and of all
 * its processes together (the sum of their peaks). Reads /proc; `undefined` without it.
 */
export async function peakMemory(command, args, { cwd, env, log }) {
  const mark = `BENCH_RUN=${process.pid}-${Date.now()}`;
  const [name, value] = mark.split('=');
  const output = openSync(log, 'w');
  const start = process.hrtime.bigint();
  const child = spawn(command, args, { cwd, env: { ...env, [name]: value }, stdio: ['ignore', output, output] });
  const ended = once(child, 'exit').then(([status]) => ({
    status,
    milliseconds: Number(process.hrtime.bigint() - start) / 1e6,
  }));
  const peaks = new Map();
  const foreign = new Set();
  while (child.exitCode === null && child.signalCode === null) {
    notePeaks(mark, peaks, foreign);
    await sleep(25);
  }
  closeSync(output);
  const { status, milliseconds } = await ended;
  if (status !== 0) throw failure(command, args, status, log);
  const sizes = [...peaks.values()];
  if (sizes.length === 0) return undefined;
  return { milliseconds, largest: Math.max(...sizes), together: sizes.reduce((sum, size) => sum + size, 0) };
}

/** The kernel keeps each process's peak, so polling misses little. */
function notePeaks(mark, peaks, foreign) {
  for (const entry of processes()) {
    if (foreign.has(entry)) continue;
    try {
      if (!peaks.has(entry) && !readFileSync(`/proc/${entry}/environ`, 'latin1').includes(mark)) foreign.add(entry);
      else {
        const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1];
        if (kilobytes) peaks.set(entry, Number(kilobytes) * 1024);
      }
    } catch {
      // It has ended.
    }
  }
}

function processes() {
  try {
    return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  } catch {
    return [];
  }
}

function failure(command, args, status, log) {
  return new Error(`${command} ${args.join(' ')} ended with ${status}:\n${readFileSync(log, 'utf8').slice(-4000)}`);
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Two ways to compare alternating runs: the ratio of the medians, and the median of each pair's ratio. */
export function ratios({ ours, rival }) {
  return {
    ofMedians: median(ours) / median(rival),
    pairwise: median(ours.map((value, pair) => value / rival[pair])),
  };
}
