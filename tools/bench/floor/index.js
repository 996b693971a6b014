const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/** The cost of any plugin: the same projects, read from a file that the benchmark has written. */
const createNodes = [
  '**/manifest.{yml,yaml}',
  (_files, _options, { workspaceRoot }) => JSON.parse(readFileSync(join(workspaceRoot, 'dist/floor.json'), 'utf8')),
];

module.exports = { name: 'bench-floor', createNodes, createNodesV2: createNodes };
