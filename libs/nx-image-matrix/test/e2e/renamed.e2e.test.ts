import { readPage } from '../docs/pages.ts';
import { smallMatrix } from '../support/matrices.ts';
import { Workspace } from '../support/workspace.ts';

/** Rows of docs/renamed.md: the kind, the old name, the name. */
const rows = [...readPage('docs/renamed.md').matchAll(/^\| (.+?) \| `(.+?)` \| `(.+?)` \| \d/gm)].map(
  ([, what = '', old = '', name = '']) => ({ what, old, name }),
);

describe('old names', () => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files: smallMatrix });
    workspace.nxOk('sync');
  });
  afterAll(() => workspace.dispose());

  /** The value of a name, by kind. */
  const results: Record<string, (name: string) => unknown> = {
    'Nx tag of an image': (tag) =>
      JSON.parse(workspace.nxOk(`show projects --projects=tag:${tag.replace('<type>', 'runtime')} --json`)),
    'group of `docker-bake.json`': (group) => {
      workspace.nxOk('g nx-image-matrix:bake --no-interactive');
      const file = workspace.readJson<{ group: Record<string, unknown> }>('docker-bake.json');
      return file.group[group.replace('<type>', 'runtime')];
    },
    'option of `docker-matrix`': (option) => {
      workspace.nxOk(`run images:docker-matrix ${option}=1/2 --outputFile=dist/${option}.txt`);
      return workspace.read(`dist/${option}.txt`);
    },
    'option of `nx g nx-image-matrix:ci`': (option) => {
      workspace.nxOk(`g nx-image-matrix:ci ${option}=2 --no-interactive`);
      return workspace.read('.github/workflows/images.yml');
    },
  };

  it('are tried, each of those on the page', () => {
    expect(rows.map(({ what }) => what)).toEqual(Object.keys(results));
  });

  it.each(rows)('$what: $old works as $name', ({ what, old, name }) => {
    const result = results[what]!(name);
    expect(JSON.stringify(result)).toMatch(/app-debian|SHARD/);
    expect(results[what]!(old)).toEqual(result);
  });
});
