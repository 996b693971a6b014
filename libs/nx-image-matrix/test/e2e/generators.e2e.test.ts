import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../support/installation.ts';
import { Workspace } from '../support/workspace.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');
/** The manifest, and everything that its images are made from. */
const sources = execFileSync('git', ['ls-files', 'manifest.yml', 'templates', 'tests', 'tools/*-se*'], {
  cwd: repository,
})
  .toString()
  .trim()
  .split('\n');

describe("the generators, on this repository's own manifest", () => {
  let workspace: Workspace;
  const diff = () =>
    workspace
      .git('diff', '--unified=0', '--', 'manifest.yml')
      .split('\n')
      .filter((line) => /^[+-](?![+-]{2} )/.test(line));

  beforeAll(() => {
    const files = Object.fromEntries(sources.map((path) => [path, read(path)]));
    workspace = new Workspace({ files });
  });
  afterEach(() => workspace.reset());
  afterAll(() => workspace.dispose());

  it('distro only adds lines, and shows the new images', () => {
    const command =
      'g nx-image-matrix:distro fedora:42 --templatesDir=templates/rhel --addToTags=f42 --packages=model-server/runtime';
    expect(workspace.nxOk(`${command} --dry-run`)).toContain('model-server-fedora42-runtime');
    expect(diff()).toEqual([]);
    workspace.nxOk(command);
    expect(diff()).toEqual([
      '+      - fedora',
      '+  fedora:',
      '+    42:',
      '+      templates_dir: templates/rhel',
      '+      base_image: fedora:42',
      '+      add_to_tags: f42',
    ]);
  });

  it('package asks for the test file that the manifest names for it, and then only adds lines', () => {
    const command = 'g nx-image-matrix:package gateway --distros=debian';
    expect(workspace.nx(command).output).toContain('there is no test file `tests/gateway.yaml`');
    expect(diff()).toEqual([]);
    workspace.write({ 'tests/gateway.yaml': workspace.read('tests/model-server.yaml') });
    expect(workspace.nxOk(command)).toContain('gateway-debian13-runtime');
    expect(diff().filter((line) => line.startsWith('-'))).toEqual([]);
    expect(diff()).toHaveLength(5);
  });

  it('cuda only adds lines, and changes the list that it is added to', () => {
    const components = '--component=cudart=12.8.90-1 --component=cudnn9=9.8.0.87-1';
    const output = workspace.nxOk(`g nx-image-matrix:cuda 12.8.1 ${components} --releases=debian12`);
    expect(output).toContain('model-server-debian12-cudnn-cuda12.8.1');
    expect(diff()).toEqual([
      '+  12.8.1:',
      '+    cudart: 12.8.90-1',
      '+    cudnn9: 9.8.0.87-1',
      '-      cuda: ["12.4.1", "12.6.3"]',
      '+      cuda: ["12.4.1", "12.6.3", 12.8.1]',
    ]);
  });

  it.each([
    ['distro debian:12', 'the release debian 12 is there already'],
    ['distro fedora --packages=model-server', '"fedora" is not a distro with its version'],
    ['distro fedora:42 --templatesDir=no --addToTags=f --packages=model-server/runtime', 'no/base.Dockerfile.liquid'],
    ['cuda 12 --component=cudart=12.8.90-1', 'bad-cuda-version'],
    ['manifest', 'manifest.yml is there already'],
  ])('%s is refused, and nothing is written', (args, message) => {
    const { status, output } = workspace.nx(`g nx-image-matrix:${args} --no-interactive`);
    expect(output).toContain(message);
    expect(status).toBe(1);
    expect(diff()).toEqual([]);
  });

  it('init changes nothing the second time or in a dry run', () => {
    workspace.nxOk('g nx-image-matrix:init --dry-run');
    expect(existsSync(join(workspace.root, '.gitattributes'))).toBe(false);
    workspace.nxOk('g nx-image-matrix:init');
    const first = workspace.git('status', '--porcelain');
    workspace.git('add', '--all');
    workspace.nxOk('g nx-image-matrix:init');
    expect(workspace.git('diff')).toBe('');
    expect(first).toContain('.gitattributes');
  });
});
