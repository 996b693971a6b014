import { spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { median, ratios } from './measure.mjs';
import { versionOf } from './workspace.mjs';

/** Rows of `{ images, case, rivalName, ours, rival, target }`, with all times of both in milliseconds. */
export function comparisonTable(rows) {
  return table(
    ['images', 'case', 'ours', 'rival', '', 'ratio', 'by pairs', 'target', ''],
    rows.map((row) => {
      const { ofMedians, pairwise } = ratios(row);
      return [
        number(row.images),
        row.case,
        spread(row.ours),
        row.rivalName,
        spread(row.rival),
        ofMedians.toFixed(2),
        pairwise.toFixed(2),
        `≤ ${row.target}`,
        verdict(ofMedians <= row.target),
      ];
    }),
  );
}

const figures = {
  milliseconds: { name: 'time', format: (value) => `${(value / 1000).toFixed(2)} s` },
  largest: { name: 'memory, largest process', format: megabytes },
  together: { name: 'memory, all processes', format: megabytes },
};

/** Rows of `{ figure, small, large, before: { ours, floor }, after: { ours, floor } }`. */
export function growthTable(rows) {
  const [{ small, large }] = rows;
  return table(
    [
      'figure',
      `ours, ${number(small)}`,
      `ours, ${number(large)}`,
      'growth',
      `floor, ${number(small)}`,
      `floor, ${number(large)}`,
      'growth',
      'above the floor',
      'growth',
      'target',
      '',
    ],
    rows.map(({ figure, before, after }) => {
      const { name, format } = figures[figure];
      const above = [before.ours - before.floor, after.ours - after.floor];
      // A ratio to almost nothing says nothing about growth.
      const growth = above[0] > 0 ? above[1] / above[0] : undefined;
      const linear = large / small;
      return [
        name,
        format(before.ours),
        format(after.ours),
        times(after.ours / before.ours),
        format(before.floor),
        format(after.floor),
        times(after.floor / before.floor),
        above.map(format).join(', '),
        growth === undefined ? '-' : times(growth),
        `≤ ${linear}x`,
        growth === undefined ? '-' : verdict(growth <= linear),
      ];
    }),
  );
}

/** The machine of the measurements, without anything that identifies it. */
export function machine() {
  const docker = version('docker', 'version', '--format', '{{.Server.Version}}');
  const buildx = /v?(\d+\.\d+\.\d+)/.exec(version('docker', 'buildx', 'version'))?.[1] ?? 'none';
  return (
    `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB of memory, ${process.platform} ` +
    `${process.arch}, node ${process.versions.node}, nx ${versionOf('nx')}, docker ${docker}, buildx ${buildx}, ` +
    `workspaces ${inMemory(tmpdir()) ? 'in memory (tmpfs)' : 'on a disk'}`
  );
}

/** https://man7.org/linux/man-pages/man2/statfs.2.html, TMPFS_MAGIC */
function inMemory(folder) {
  return process.platform === 'linux' && statfsSync(folder).type === 0x01021994;
}

/** The whole page. */
export function page({ command, count, python, sections }) {
  return [
    '# Benchmarks',
    `Written by \`${command}\` on ${machine()}.`,
    [
      'Whole processes, from start to exit, with `NX_DAEMON=false`. Ours and the rival run in turn in the same run, ' +
        `${count} pairs unless a section says otherwise, after one pair that is thrown away. Each cell is the median ` +
        '(least to greatest). "ratio" is that of the medians, "by pairs" the median of the ratios of each pair; below 1 ' +
        'ours is quicker. Other work on the same machine makes single runs slower, which is why there are pairs.',
      ...(python ? [] : ['The Jinja2 script was left out: no Python with jinja2 and yaml was found.']),
    ].join('\n\n'),
    '"floor" is an Nx plugin that returns the very same projects (targets, inputs, outputs, metadata) from a JSON file ' +
      'and whose executors, batch executors as well, do nothing: what Nx itself takes for such a workspace.',
    ...sections,
    '',
  ].join('\n\n');
}

function spread(milliseconds) {
  const seconds = (value) => (value / 1000).toFixed(2);
  const [least, greatest] = [Math.min(...milliseconds), Math.max(...milliseconds)];
  return `${seconds(median(milliseconds))} s (${seconds(least)}–${seconds(greatest)})`;
}

function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function verdict(met) {
  return met ? 'met' : '**missed**';
}

function times(factor) {
  return `${factor.toFixed(1)}x`;
}

function number(value) {
  return value.toLocaleString('en-US');
}

function megabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}

function version(command, ...args) {
  const { stdout, status } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'none';
}
