const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/** What any plugin pays: the same projects, made without thinking, from a file that the benchmark has put there. */
const createNodes = [
  '**/manifest.{yml,yaml}',
  (_files, _options, { workspaceRoot }) => JSON.parse(readFileSync(join(workspaceRoot, 'dist/floor.json'), 'utf8')),
];

module.exports = { name: 'bench-floor', createNodes, createNodesV2: createNodes };
