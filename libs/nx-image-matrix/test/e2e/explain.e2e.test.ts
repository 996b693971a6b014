import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explain } from '../../src/explain/explain.ts';
import { resolveOptions } from '../../src/options/resolve-options.ts';
import { findBase } from '../../src/workspace/git-base.ts';
import { changes, folderChanges, oddChanges, passingChanges } from '../support/changes.ts';
import { explainedChanges, explainedLinks, explainedMatrix } from '../support/explained-changes.ts';
import {
  folderMatrix,
  oddFolder,
  oddMatrix,
  passingLinks,
  passingMatrix,
  smallMatrix,
  submodule,
} from '../support/matrices.ts';
import { Workspace } from '../support/workspace.ts';

/** A folder for `PATH` with git and nothing else, so no engine. */
const gitOnly = mkdtempSync(join(tmpdir(), 'git-only-'));
beforeAll(() => {
  symlinkSync(execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim(), join(gitOnly, 'git'));
});
afterAll(() => rmSync(gitOnly, { recursive: true, force: true }));

/** The lines of the table, without what Nx prints around them. */
function linesOf(output: string): string[] {
  const lines = output.split('\n').filter((line) => /^\S+-debian\d+-\S+ {2}/.test(line));
  return lines.map((line) => line.replace(/ {2,}/g, '  ').trimEnd());
}

describe('why an image differs, on a fresh clone without an engine', () => {
  let origin: Workspace;
  let clone: Workspace;
  beforeAll(() => {
    origin = new Workspace({ files: explainedMatrix });
    for (const [path, target] of Object.entries(explainedLinks)) origin.link(path, target);
    origin.nxOk('sync');
    origin.commit('generated');
    const environment = { PATH: gitOnly, DOCKER_HOST: 'unix:///nowhere' };
    clone = new Workspace({ files: {}, origin: origin.root, environment });
  });
  afterEach(() => clone.reset());
  afterAll(() => {
    origin.dispose();
    clone.dispose();
  });

  it.each(explainedChanges)('$what', ({ make, causes, removed = [] }) => {
    make(clone);
    const output = clone.nxOk('run images:docker-explain --base=origin/main');
    expect(linesOf(output)).toEqual(causes);
    expect(output.includes('No image differs')).toBe(causes.length === 0);
    const names = new Set(causes.map((line) => line.split(' ', 1)[0]!));
    for (const name of removed) names.delete(name);
    expect([...names].sort()).toEqual(clone.affected('docker-build'));
  });
});

describe('the images that are explained are those that nx affected selects', () => {
  const manifests = [
    'manifest.yml',
    `${oddFolder}/manifest.yml`,
    'more/manifest.yml',
    'more/docker/below/manifest.yml',
  ];
  const optionsOf = (): typeof options => options;
  const options = resolveOptions({});

  describe.each([
    ['small', { ...smallMatrix, ...oddMatrix, ...passingMatrix }, [...changes, ...oddChanges, ...passingChanges]],
    ['folder', folderMatrix, folderChanges],
  ])('of the matrix %s, after', (name, files, all) => {
    let workspace: Workspace;
    beforeAll(() => {
      workspace = new Workspace({ files });
      if (name !== 'small') return workspace.commit('start');
      for (const [path, target] of Object.entries(passingLinks)) workspace.link(path, target);
      workspace.addSubmodule(submodule);
      workspace.commit('links');
    });
    afterEach(() => workspace.reset());
    afterAll(() => workspace.dispose());

    // BuildKit reads `{1}` in a copied path as a repetition, and does not send the file; Nx selects everything if a manifest is gone.
    const others = /b\{1\}|Nx selects everything/;
    it.each(all.filter(({ what }) => !others.test(what)))('$what', ({ make, affected }) => {
      make(workspace);
      const { root } = workspace;
      const own = manifests.filter((manifest) => existsSync(join(root, manifest)));
      const { images } = explain({ root, manifests: own, optionsOf, environment: {} }, findBase(root, 'HEAD'));
      const names = images.flatMap((image) => (image.change === 'removed' ? [] : [image.name]));
      expect(names.sort()).toEqual(affected);
      for (const { causes } of images) expect(causes).not.toEqual([]);
    });
  });
});
