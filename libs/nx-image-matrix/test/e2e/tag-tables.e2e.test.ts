import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../support/installation.ts';
import { smallMatrix } from '../support/matrices.ts';
import { outside, Workspace } from '../support/workspace.ts';

describe('the generator tags', () => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files: smallMatrix });
    const record = { reference: 'app:1.2.3-slim-runtime', size: 84_300_000 };
    workspace.write({ 'dist/docker/app/debian12/runtime/build.json': JSON.stringify(record) });
  });
  afterAll(() => workspace.dispose());

  it('writes nothing in a dry run', () => {
    expect(workspace.nxOk('g nx-image-matrix:tags --package=app --dry-run')).toContain('UPDATE README.md');
    expect(workspace.git('status', '--porcelain')).toBe('');
  });

  it('adds a section for a package below what is there', () => {
    workspace.nxOk('g nx-image-matrix:tags --package=app --sizes');
    expect(workspace.read('README.md')).toBe(`Not part of any image.

## Tags of \`app\`

<!-- nx-image-matrix:tags app sizes -->

| Tags | Platforms | Size | Dockerfile |
| --- | --- | --- | --- |
| \`devel-slim\` | the builder's | - | [debian12/devel](docker/app/debian12/devel/Dockerfile) |
| \`1.2.3-slim-runtime\` | the builder's | 84.3 MB | [debian12/runtime](docker/app/debian12/runtime/Dockerfile) |
| \`1.2.3-slim13-runtime\` | the builder's | - | [debian13/runtime](docker/app/debian13/runtime/Dockerfile) |

<!-- /nx-image-matrix:tags -->
`);
  });

  it('reports a stale table, and updates it', () => {
    workspace.remove('dist');
    workspace.nxOk('g nx-image-matrix:tags --check');
    workspace.edit('manifest.yml', 'version: 1.2.3', 'version: 1.2.4');
    workspace.commit('a new version');
    const { status, output } = workspace.nx('g nx-image-matrix:tags --check');
    expect(output).toContain('README.md is out of date. Run: nx g nx-image-matrix:tags\n');
    expect(output).toContain('README.md:5: the table of "app"');
    expect(status).toBe(1);
    expect(workspace.git('status', '--porcelain')).toBe('');
    workspace.nxOk('g nx-image-matrix:tags');
    expect(workspace.git('diff', '--numstat')).toBe('2\t2\tREADME.md\n');
    expect(workspace.read('README.md')).toContain("`1.2.4-slim-runtime` | the builder's | 84.3 MB |");
  });
});

it('docs/example.md has the tags of this repository', () => {
  const nx = join(repository, 'node_modules/.bin/nx');
  const { stdout, stderr, status } = spawnSync(nx, ['g', 'nx-image-matrix:tags', '--file=docs/example.md', '--check'], {
    cwd: repository,
    encoding: 'utf8',
    env: outside(),
  });
  expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
});
