import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bentomlManifests } from './bentoml.ts';

describe('bentomlManifests', () => {
  const manifest = 'packages: {}\nreleases:\n  debian: { 10: { templates_dir: templates/debian } }\n';
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'bentoml-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it.each<[string, Record<string, string>, boolean]>([
    ['Jinja templates only', { 'templates/debian/base.Dockerfile.j2': '' }, true],
    ['Jinja templates of the first names', { 'templates/debian/base-dockerfile.j2': '' }, true],
    ['no templates', {}, false],
    ['its own templates', { 'templates/debian/base.Dockerfile.liquid': '' }, false],
    ['both', { 'templates/debian/base.Dockerfile.j2': '', 'templates/debian/base.Dockerfile.liquid': '' }, false],
    ['a folder', { 'templates/debian/base.Dockerfile.j2': '', 'templates/debian/x/Dockerfile.liquid': '' }, false],
    ['templates elsewhere', { 'templates/base.Dockerfile.j2': '' }, false],
    ['the keys of another program', { 'templates/debian/base.Dockerfile.j2': '', 'manifest.yml': 'a: 1' }, false],
  ])('finds a manifest that has %s: %j, %j', (_, files, found) => {
    for (const [path, text] of Object.entries({ 'manifest.yml': manifest, ...files })) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    expect(bentomlManifests(root, ['manifest.yml'])).toEqual(found ? ['manifest.yml'] : []);
  });
});
