import { execFileSync } from 'node:child_process';
import { matrixFiles, writeFiles } from '../matrix.mjs';
import { pairs, run } from '../measure.mjs';
import { Workspace } from '../workspace.mjs';

export const title = 'The reason of a change';
export const what =
  '`docker-explain` after an edit of one partial that all images read, against `nx show projects` in the same workspace. Both ' +
  'start with the `.nx` of an earlier run. Target: at most 2.';
export const target = 2;
export const sizes = [1_000];

export async function measure({ size, count, report }) {
  const files = matrixFiles(size);
  const workspace = new Workspace(files, 'nx-image-matrix');
  run(...workspace.nx('run-many', '-t', 'docker-generate'));
  const git = (...args) =>
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com', ...args], {
      cwd: workspace.root,
    });
  git('add', '--all');
  git('commit', '--quiet', '-m', 'start');
  const partial = 'templates/partials/packages.liquid';
  writeFiles(workspace.root, { [partial]: `# edited\n${files[partial]}` });
  run(...workspace.nx('run-many', '-t', 'docker-generate'));
  const ours = { command: workspace.nx('run', 'images:docker-explain', '--base=HEAD') };
  const rival = { command: workspace.nx('show', 'projects') };
  report({ images: size, case: 'a partial', rivalName: '`nx show projects`', ...pairs(count, ours, rival) });
}
