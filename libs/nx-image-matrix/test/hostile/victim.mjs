/**
 * Does in a separate process what Nx does with the plugin: infers the projects, then generates every image. Prints the
 * result and the resource usage as one line of JSON.
 */
import { lstatSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { dist, root, manifests, options, uid } = JSON.parse(process.argv[2]);
const require = createRequire(join(dist, 'index.js'));
const { createNodes } = require('./index.js');
const { generateBatch } = require('./executors.js');
// Root may write anything, so ownership only matters to another user.
if (uid !== undefined) {
  // Loaded now, since that user may not have access to it.
  require('@nx/devkit');
  process.setgroups([]);
  process.setgid(uid);
  process.setuid(uid);
}

const nxJsonConfiguration = { plugins: [{ plugin: 'nx-image-matrix', options }] };
const outcome = { end: 'success', text: '', images: 0 };
try {
  const files = manifests.filter((file) => lstatSync(join(root, file), { throwIfNoEntry: false }));
  const results = await createNodes[1](files, options, { workspaceRoot: root, nxJsonConfiguration });
  await generate(Object.assign({}, ...results.map(([, { projects }]) => projects)));
} catch (error) {
  outcome.end = error.name === 'AggregateCreateNodesError' ? 'diagnostics' : 'crash';
  const errors = error.errors?.map(([, single]) => single.stack) ?? [error.stack ?? String(error)];
  outcome.text = errors.join('\n');
}
outcome.megabytes = Math.round(peakKilobytes() / 1024);
outcome.cpuSeconds = (process.cpuUsage().user + process.cpuUsage().system) / 1e6;
process.stdout.write(JSON.stringify(outcome));

async function generate(byRoot) {
  const projects = Object.fromEntries(Object.values(byRoot).map((project) => [project.name, project]));
  const tasks = {};
  const inputs = {};
  for (const [project, { targets }] of Object.entries(projects)) {
    const target = targets['docker-generate'];
    if (!target) continue;
    const id = `${project}:docker-generate`;
    tasks[id] = { id, target: { project, target: 'docker-generate' } };
    inputs[id] = target.options;
  }
  outcome.images = Object.keys(tasks).length;
  const context = { root, nxJsonConfiguration, projectsConfigurations: { projects } };
  for await (const { result } of generateBatch({ tasks }, inputs, {}, context)) {
    if (result.success) continue;
    outcome.end = 'failure';
    outcome.text += result.terminalOutput;
  }
}

/** On Linux `maxRSS` includes the parent's memory at the fork, so read the peak of this program itself. */
function peakKilobytes() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}
