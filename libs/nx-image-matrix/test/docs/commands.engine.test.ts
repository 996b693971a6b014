import { spawnSync } from 'node:child_process';
import { docker } from '../support/engine.ts';
import { outside, Workspace } from '../support/workspace.ts';
import { blocksOf, pages, readPage, workspaceOf, type Block } from './pages.ts';
import { workspaces } from './workspaces.ts';

const isCommand = ({ language }: Block) => ['sh', 'bash', 'shell', 'console'].includes(language);
const isRun = (block: Block) => isCommand(block) && block.notRun === undefined && !block.file;
const documented = pages
  .map((page) => ({ page, text: readPage(page) }))
  .map(({ page, text }) => ({ page, workspace: workspaceOf(text), blocks: blocksOf(text) }))
  .filter(({ blocks }) => blocks.some(isCommand));

/** A page's commands run one after the other in one workspace, like a reader would from top to bottom. */
const runnable = documented.filter(({ blocks }) => blocks.some(isRun));

describe.each(runnable)('the commands of $page', ({ page, workspace: name, blocks }) => {
  let workspace: Workspace | undefined;
  beforeAll(() => {
    const options = workspaces[name];
    if (!options) throw new Error(`${page} asks for the workspace "${name}"; there is ${Object.keys(workspaces)}`);
    workspace = new Workspace(options);
  });
  afterAll(() => {
    if (workspace) removeBuilt(workspace);
    workspace?.dispose();
  });

  it.each(blocks.filter((block) => isRun(block) || block.file))('line $line: $text', (block) => {
    const output = block.file ? write(workspace!, block.file, block.text) : run(workspace!, block.text);
    expect(output).not.toMatch(/^failed/);
  });
});

afterAll(() => {
  const commands = documented.flatMap(({ page, blocks }) => blocks.filter(isCommand).map((block) => ({ page, block })));
  const skipped = commands.filter(({ block }) => block.notRun !== undefined);
  const lines = skipped.map(({ page, block }) => `  ${page}:${block.line} ${block.notRun}`);
  process.stdout.write(
    `\n${commands.length - skipped.length} command blocks run, ${skipped.length} not:\n${lines.join('\n')}\n\n`,
  );
});

function write(workspace: Workspace, file: string, text: string): string {
  workspace.write({ [file]: text });
  return workspace.read(file) === text ? 'written' : `failed: ${file} holds something else`;
}

function run(workspace: Workspace, commands: string): string {
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-euo', 'pipefail', '-c', commands], {
    cwd: workspace.root,
    encoding: 'utf8',
    env: { ...outside(), PATH: `${workspace.root}/node_modules/.bin:${process.env['PATH']}` },
    maxBuffer: 256 * 1024 * 1024,
  });
  return status === 0 ? stdout : `failed with ${status}:\n${stdout}${stderr}`;
}

/** Removes only the images in the workspace's own records. */
function removeBuilt(workspace: Workspace): void {
  const { status, stdout } = spawnSync('find', ['dist', '-name', 'build.json'], {
    cwd: workspace.root,
    encoding: 'utf8',
  });
  if (status !== 0) return;
  for (const record of stdout.split('\n').filter(Boolean)) {
    docker('image', 'rm', '--force', workspace.readJson<{ reference: string }>(record).reference);
  }
}
