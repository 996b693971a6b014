import { nodeVersions } from '../support/node-versions.ts';
import { nxVersions } from '../support/nx-versions.ts';
import { readPage } from './pages.ts';

/** The second cell of a row of docs/compatibility.md, by the first: the tested versions. */
const tried = new Map(
  [...readPage('docs/compatibility.md').matchAll(/^\| (\S+) \| (.*?) \|/gm)].map(([, name, cell]) => [name, cell]),
);
const plugin = JSON.parse(readPage('libs/nx-image-matrix/package.json')) as {
  engines: { node: string };
  peerDependencies: { nx: string };
};

describe('docs/compatibility.md', () => {
  it.each([
    ['Nx', nxVersions],
    ['Node', nodeVersions],
  ])('lists exactly each %s that the tests run with', (name, versions) => {
    expect(tried.get(name)?.match(/\d+\.\d+\.\d+/g)).toEqual(Object.values(versions));
  });
});

/** As in the pages: `Nx 22 to 24`, `Node 20.19 or later`. */
it.each(['README.md', 'libs/nx-image-matrix/README.md'])('%s names the versions that package.json asks for', (page) => {
  const [, first, beyond] = /^>=(\d+)\.0\.0 <(\d+)\.0\.0$/.exec(plugin.peerDependencies.nx) ?? [];
  const text = readPage(page);
  expect(text).toContain(`Nx ${first} to ${Number(beyond) - 1}`);
  expect(text).toContain(`Node ${plugin.engines.node.replace('>=', '')} or later`);
});
