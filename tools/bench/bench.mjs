import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { matrixFiles } from './matrix.mjs';
import * as cached from './measurements/cached.mjs';
import * as engine from './measurements/engine.mjs';
import * as generate from './measurements/generate.mjs';
import * as graph from './measurements/graph.mjs';
import * as growth from './measurements/growth.mjs';
import * as explain from './measurements/explain.mjs';
import * as lock from './measurements/lock.mjs';
import * as refresh from './measurements/refresh.mjs';
import * as staged from './measurements/staged.mjs';
import { comparisonTable, growthTable, machine, page } from './report.mjs';
import { install, repository, workspacePair } from './workspace.mjs';

const help = `Usage: npm run bench -- [--pairs N] [--only NAME,...] [--sizes N,...]

  --pairs N        runs of ours and of the rival, in turn (5)
  --only NAME,...  of: graph, lock, generate, cached, explain, refresh, engine, staged, growth (which takes two sizes)
  --sizes N,...    numbers of images instead of each measurement's own

A whole run writes docs/benchmarks.md; one with --only or --sizes only prints.`;

const measurements = { graph, lock, generate, cached, explain, refresh, engine, staged, growth };
const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '5' },
    only: { type: 'string' },
    sizes: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit();
}

const count = Number(values.pairs);
if (!(count > 0)) throw new Error(`--pairs takes a number above 0, not "${values.pairs}".`);
const python = process.env.BENCH_PYTHON;
const sizes = values.sizes?.split(',').map(Number);
const chosen = values.only?.split(',') ?? Object.keys(measurements);
const whole = !values.only && !values.sizes;
const unknown = chosen.filter((name) => !Object.hasOwn(measurements, name));
if (unknown.length > 0) throw new Error(`There is no measurement "${unknown.join('", "')}".\n\n${help}`);
const pairsBySize = new Map();

install();
const sections = [];
for (const name of chosen) sections.push(await section(measurements[name]));
const command = `npm run bench${count === 5 ? '' : ` -- --pairs ${count}`}`;
if (whole) {
  writeFileSync(join(repository, 'docs/benchmarks.md'), page({ command, count, python, sections }));
  console.log('Written to docs/benchmarks.md.');
} else {
  console.log([machine(), ...sections].join('\n\n'));
}

/** One measurement at all its sizes, as Markdown. */
async function section(measurement) {
  console.error(`\n## ${measurement.title}`);
  const rows = [];
  const report = (row) => {
    rows.push({ target: measurement.target, ...row });
    console.error(
      comparisonTable([rows.at(-1)])
        .split('\n')
        .at(-1),
    );
  };
  const context = { pairOf, count, python, report, reportGrowth: (row) => rows.push(row) };
  if (measurement.measureAll) await measurement.measureAll({ ...context, sizes: sizes ?? measurement.sizes });
  else for (const size of sizes ?? measurement.sizes) await measurement.measure({ ...context, size });
  const table = measurement.measureAll ? growthTable(rows) : comparisonTable(rows);
  return `## ${measurement.title}\n\n${measurement.what}\n\n${table}`;
}

/** The workspaces of a size are created once. */
function pairOf(size) {
  if (!pairsBySize.has(size)) pairsBySize.set(size, workspacePair(matrixFiles(size)));
  return pairsBySize.get(size);
}
