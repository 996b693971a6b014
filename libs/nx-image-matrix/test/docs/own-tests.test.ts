import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestReader } from '../../src/image-tests/read-suites.ts';
import { imagesOf } from '../../src/matrix/images-of.ts';
import { manifestOptions } from '../../src/options/manifest-options.ts';
import { workspaceOfManifests } from '../../src/workspace/workspace.ts';
import { repository } from '../support/installation.ts';

const nxJson = JSON.parse(readFileSync(join(repository, 'nx.json'), 'utf8')) as object;
const workspace = workspaceOfManifests({ root: repository }, manifestOptions(nxJson, repository), ['manifest.yml']);
const images = imagesOf(workspace).flatMap((matrix) => matrix.images ?? []);
const reader = new TestReader(repository);

describe("the test files of this repository's images", () => {
  it.each(images.map((image) => [image.name, image] as const))('are sound for %s', (_, image) => {
    const { suites, diagnostics } = reader.read(image);
    expect(diagnostics).toEqual([]);
    expect(suites.map(({ file }) => file)).toEqual(image.tests.map(({ path }) => path));
    expect(suites.length).toBe({ base: 1, cudnn: 3, devel: 2, runtime: 2 }[image.releaseType]);
  });
});
