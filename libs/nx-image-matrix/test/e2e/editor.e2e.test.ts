import { join } from 'node:path';
import { LanguageServer } from '../editor/language-server.ts';
import { smallMatrix } from '../support/matrices.ts';
import { installation } from '../support/installation.ts';

describe('a manifest in an editor with the YAML language server', () => {
  let editor: LanguageServer;
  beforeAll(async () => {
    editor = await LanguageServer.start(
      join(installation(), 'node_modules/nx-image-matrix/schemas/manifest.schema.json'),
    );
  });
  afterAll(() => editor.stop());

  it.each([
    ['a key at the top', 'pack|ages:\n  app:\n', 'For each package its release types'],
    [
      'a key of a release',
      'packages: {}\nreleases:\n  debian:\n    12:\n      add_to|_tags: slim\n',
      "tells this release's tags",
    ],
    ['a key of release_spec', 'release_spec:\n  env|ars: [A=b]\n', '`KEY=value` strings'],
    ['a distro', 'packages: {}\nreleases:\n  deb|ian:\n    12: {}\n', 'Versions of this distro'],
    [
      'a version of a distro',
      'packages: {}\nreleases:\n  alpine:\n    ed|ge: {}\n',
      'What images of this distro version are made',
    ],
    [
      'a variable of a repository',
      'packages: {}\nreleases: {}\nrepository:\n  docker.io:\n    pw|d: A\n',
      'Never the password itself',
    ],
    ['a release type', 'release_types:\n  debug:\n    fr|om: runtime\n', 'whose image this one starts from'],
    ['a build argument', 'package_spec:\n  app:\n    args:\n      PYTHON_|VERSION: [3.12]\n', 'list of values'],
    ['a secret', 'release_spec:\n  secrets:\n    - i|d: pip\n', 'Name by which the Dockerfile mounts it'],
    ['an anchor', 'packages: {}\nreleases: {}\nx-c|uda: 1\n', 'a place for anchors'],
  ])('explains %s', async (_, text, explanation) => {
    expect(await editor.hover(text)).toContain(explanation);
  });

  it('shows examples, too', async () => {
    expect(await editor.hover('packages: {}\nreleases:\n  debian:\n    12:\n      base_|image: x\n')).toContain(
      'debian:bookworm-slim',
    );
  });

  it.each([
    ['at the top', '|', ['packages', 'releases', 'release_spec', 'repository', 'cuda_dependencies', 'version']],
    [
      'in a release',
      'packages: {}\nreleases:\n  debian:\n    12:\n      |',
      ['base_image', 'templates_dir', 'args', 'cuda'],
    ],
    ['in release_spec', 'release_spec:\n  |', ['envars', 'header', 'multistage_image']],
    [
      'in a repository',
      'packages: {}\nreleases: {}\nrepository:\n  docker.io:\n    |',
      ['only_if', 'user', 'pwd', 'registry'],
    ],
    ['in staging', 'packages: {}\nreleases: {}\nstaging:\n  |', ['repository', 'only_if', 'user', 'pwd']],
    ['in a release type', 'release_types:\n  debug:\n    |', ['from', 'cuda', 'push', 'tags', 'floating_tags']],
    ['in the settings of a package', 'package_spec:\n  app:\n    |', ['args', 'labels', 'secrets', 'platforms']],
    ['in a secret', 'release_spec:\n  secrets:\n    - |', ['id', 'env', 'src']],
  ])('offers the keys %s', async (_, text, keys) => {
    expect(await editor.complete(text)).toEqual(expect.arrayContaining(keys));
  });

  it('offers the values of a boolean', async () => {
    expect(await editor.complete('release_types:\n  debug:\n    push: |')).toEqual(
      expect.arrayContaining(['true', 'false']),
    );
  });

  it.each([
    ['Cloud Foundry', 'applications:\n  - name: app\n    memory: 1G\n'],
    ['a browser extension', 'manifest_version: 3\nversion: "1"\nname: x\n'],
    ['other releases', 'name: x\nreleases:\n  - { name: a, version: latest }\nrepository: https://example.com\n'],
    ['Kubernetes', 'apiVersion: v1\nkind: ConfigMap\n'],
  ])('finds nothing wrong with a manifest.yml of %s', async (_, text) => {
    expect(await editor.problems(text)).toEqual([]);
  });

  it('underlines an unknown key, and nothing in a manifest that is right', async () => {
    expect(await editor.problems('packages: {}\nreleases: {}\npackges: {}\n')).toEqual([
      expect.stringContaining('packges'),
    ]);
    expect(await editor.problems(smallMatrix['manifest.yml']!)).toEqual([]);
  });
});

describe('an nx.json in an editor with the schema of the package', () => {
  let editor: LanguageServer;
  beforeAll(async () => {
    const schema = join(installation(), 'node_modules/nx-image-matrix/schemas/nx.schema.json');
    editor = await LanguageServer.start(schema, { name: 'nx.json', wrong: '{ "plugins": 1 }' });
  });
  afterAll(() => editor.stop());

  const withOptions = (options: string) =>
    `{\n  "defaultBase": "main",\n  "plugins": ["@nx/js", { "plugin": "nx-image-matrix", "options": { ${options} } }]\n}\n`;

  it('explains an option of the plugin, and a key of Nx', async () => {
    expect(await editor.hover(withOptions('"output|Dir": "docker"'))).toContain('Folder of the generated files');
    expect(await editor.hover(withOptions('').replace('default', 'def|ault'))).toContain('base used by affected logic');
  });

  it('offers the options and their values', async () => {
    const entry = 'plugins:\n  - plugin: nx-image-matrix\n    options:\n      ';
    expect(await editor.complete(`${entry}|`)).toEqual(
      expect.arrayContaining(['outputDir', 'buildSecrets', 'pushTargetName']),
    );
    expect(await editor.complete(`${entry}engine: |`)).toEqual(expect.arrayContaining(['podman']));
  });

  it('underlines an unknown option and a wrong value, and nothing in options of another plugin', async () => {
    expect(await editor.problems(withOptions('"colour": 1'))).toEqual([expect.stringContaining('colour')]);
    expect(await editor.problems(withOptions('"maxParallel": 0.5'))).toEqual(['must be a whole number above 0']);
    expect(await editor.problems(withOptions('"engine": "podman", "buildSecrets": { "env": ["A"] }'))).toEqual([]);
    expect(await editor.problems('{ "plugins": [{ "plugin": "@nx/js", "options": { "colour": 1 } }] }')).toEqual([]);
  });
});
