import { explain } from '../../src/explain/explain.ts';
import { resolveOptions } from '../../src/options/resolve-options.ts';
import { findBase } from '../../src/workspace/git-base.ts';
import { fuzz } from '../fuzz/fuzz.ts';
import type { Rendering } from '../fuzz/rendering.ts';
import { startSources } from '../fuzz/start.ts';
import { withLab } from '../fuzz/start-lab.ts';
import { Workspace } from '../support/workspace.ts';

const { IMAGE_MATRIX_FUZZ_SEED, IMAGE_MATRIX_FUZZ_EDITS, IMAGE_MATRIX_FUZZ_ONLY } = process.env;
const seed = Number(IMAGE_MATRIX_FUZZ_SEED ?? 7);
const edits = Number(IMAGE_MATRIX_FUZZ_EDITS ?? 30);
const only = IMAGE_MATRIX_FUZZ_ONLY === undefined ? undefined : Number(IMAGE_MATRIX_FUZZ_ONLY);

describe('docker-explain after random edits', () => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files: { '.gitignore': 'node_modules\ndist\n.nx\n*.local\n' } });
  });
  afterAll(() => workspace.dispose());

  it('names the images that changed and no others, each with a cause', () => {
    const disagreements = fuzz({ workspace, sources: withLab(startSources()), seed, edits, only, selected: explained });
    expect(disagreements).toEqual([]);
  });
});

const options = resolveOptions({});

/** The images that it names, without those that are gone and, for a push, those that are not pushed. */
function explained({ root }: Workspace, target: string, rendering: Rendering): string[] {
  const manifests = [...new Set([...rendering.values()].map((image) => image.manifest))].sort();
  const workspace = { root, manifests, optionsOf: () => options, environment: {} };
  const { images } = explain(workspace, findBase(root, 'HEAD'));
  const named = images.filter(({ change }) => change !== 'removed');
  for (const { name, causes } of named) if (causes.length === 0) throw new Error(`${name} has no cause`);
  return named.flatMap(({ name }) => (target === 'docker-build' || rendering.get(name)?.pushed ? [name] : []));
}
