import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { flushChanges, FsTree } from 'nx/src/generators/tree';
import { expandImages, parseManifest } from '@nx-image-matrix/manifest';
import { cuda } from './cuda/generator.ts';
import { distro } from './distro/generator.ts';
import { packageGenerator } from './package/generator.ts';

const manifest = `version: 1.0.0
cuda_dependencies:
  12.4.1: { cudart: 12.4.127-1, cudnn9: 9.1.0.70-1 }
release_spec:
  templates_dir: templates
packages:
  api:
    runtime: [debian]
    cudnn: [debian12]
releases:
  debian:
    12: { base_image: "debian:bookworm-slim", add_to_tags: slim, cuda: 12.4.1, cuda_prefix_url: debian12 }
`;

const files: Record<string, string> = {
  'nx.json': '{ "plugins": ["nx-image-matrix"] }',
  'manifest.yml': manifest,
  'templates/base.Dockerfile.liquid': 'FROM {{ from }}\n',
  'templates/runtime.Dockerfile.liquid':
    'FROM {{ from }}\nCOPY src/{{ package }}/ /app/\nCOPY LICENSE dist/{{ package }} /x/\n',
  'templates/devel.Dockerfile.liquid': 'FROM {{ from }}\n',
  'templates/cudnn.Dockerfile.liquid': 'FROM {{ from }}\n',
  'src/api/server.py': 'print("api")\n',
  LICENSE: 'MIT\n',
};

/** The base images of a release, without duplicates. */
function basesOf(text: string, release: string): string[] {
  const { manifest: parsed } = parseManifest(text.replace(/^\ufeff/, ''), 'manifest.yml');
  const images = parsed ? expandImages(parsed, {}).images : [];
  return [...new Set(images.filter(({ distro: { id } }) => id === release).map((image) => image.baseImage))];
}

describe('the generators that edit a manifest', () => {
  let root: string;
  let output: string;
  const print = console.log;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'edit-manifest-'));
    write(files);
    output = '';
    console.log = (text: string) => void (output += text);
  });
  afterEach(() => {
    console.log = print;
    rmSync(root, { recursive: true });
  });

  function write(contents: Record<string, string | Buffer>): void {
    for (const [path, content] of Object.entries(contents)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
  }
  const read = (path = 'manifest.yml') => readFileSync(join(root, path), 'utf8');

  async function run<Options>(generator: (tree: FsTree, options: Options) => Promise<void>, options: Options) {
    const tree = new FsTree(root, false);
    await generator(tree, options);
    flushChanges(root, tree.listChanges());
  }

  it('take answers to a prompt: texts with commas', async () => {
    await run(distro, { distro: 'debian:13', addToTags: 's13', packages: ' api/runtime,' });
    expect(read()).toContain('13: { base_image: debian:13, add_to_tags: s13 }');
    expect(output).toContain('api-debian13-runtime  api:1.0.0-s13-runtime');
  });

  it('list images that get other tags, and require a flag for it', async () => {
    const options = { cudaVersion: '12.6.3', component: 'cudart=12.6.77-1,cudnn9=9.5.1.17-1', releases: 'debian12' };
    const change = 'api-debian12-cudnn-cuda12.4.1  api:1.0.0-slim-cudnn -> api:1.0.0-cuda12.4.1-slim-cudnn';
    await expect(run(cuda, options)).rejects.toThrow(`${change}\nNothing was written. Allow it with --renameTags.`);
    expect(read()).toBe(manifest);
    await run(cuda, { ...options, renameTags: true });
    expect(output).toContain(change);
    expect(read()).toContain('cuda: [12.4.1, 12.6.3]');
  });

  it('refuse CUDA without a component', async () => {
    await expect(run(cuda, { cudaVersion: '12.6.3', component: '' })).rejects.toThrow('at least one component');
  });

  it('list missing sources of a new package', async () => {
    write({ '.gitignore': 'dist\n' });
    await run(packageGenerator, { name: 'worker' });
    expect(output).toContain('cannot be built:\n  src/worker  worker-debian12-runtime\n');
  });

  it('copy sources of another package on request', async () => {
    await run(packageGenerator, { name: 'worker', sourcesOf: 'api' });
    expect(output).toContain('Copied, to begin with:\n  src/worker\n');
    expect(read('src/worker/server.py')).toBe('print("api")\n');
  });

  it('reject a new image that its template cannot render', async () => {
    write({
      'templates/runtime.Dockerfile.liquid': '{% if package == "worker" %}{{ nothing }}{% endif %}FROM {{ from }}\n',
    });
    await expect(run(packageGenerator, { name: 'worker' })).rejects.toThrow('template-error');
    expect(read()).toBe(manifest);
  });

  it('refuse a manifest that is not UTF-8', async () => {
    const bytes = Buffer.from(manifest.replace('1.0.0', '1.0.0 # caf\xe9'), 'latin1');
    write({ 'manifest.yml': bytes });
    await expect(run(packageGenerator, { name: 'worker' })).rejects.toThrow('not UTF-8');
    expect(readFileSync(join(root, 'manifest.yml')).equals(bytes)).toBe(true);
  });

  const texts = [
    'a"b',
    "a'b",
    'a # b',
    'a: b',
    '- a',
    '*a',
    '{a}',
    '~',
    'a\tb',
    'ü/ß',
    '3.10',
    'a:1',
    'a\\b',
    ' a ',
    '|',
  ];
  const styles = {
    block: manifest,
    'CR LF': manifest.replaceAll('\n', '\r\n'),
    'a byte-order mark': `\ufeff${manifest}`,
    flow: `{ version: 1.0.0, release_spec: { templates_dir: templates }, packages: { api: { runtime: [debian] } }, releases: { debian: { 12: { base_image: "debian:12", add_to_tags: slim } } } }\n`,
    anchors: manifest
      .replace('runtime: [debian]', 'runtime: &all [debian]')
      .replace('cudnn: [debian12]', 'devel: *all'),
    'no final line end': manifest.trimEnd(),
  };

  // A text that cannot be an image may be rejected.
  describe.each(Object.entries(styles))('with a manifest in the style %s', (_, text) => {
    it.each(texts)('either write a base image %j as it is, or write nothing', async (baseImage) => {
      write({ 'manifest.yml': text });
      const options = {
        distro: 'fedora:42',
        baseImage,
        addToTags: 'f42',
        packages: text.includes('*all') ? ['api/runtime', 'api/devel'] : ['api/runtime'],
      };
      const bases = await run(distro, options).then(
        () => basesOf(read(), 'fedora42'),
        (error: Error) => (read() === text && !/^[\w:/.]+$/.test(baseImage) ? [baseImage] : [error.message]),
      );
      expect(bases).toEqual([baseImage]);
      expect(read().replace(/\r\n/g, '')).not.toMatch(text.includes('\r\n') ? /\n/ : /\r/);
    });
  });

  describe('on a manifest of several files', () => {
    const parts: Record<string, string> = {
      'manifest/api.yml': 'packages:\n  api:\n    runtime: [debian]\n',
      'manifest/worker.yml':
        '\ufeffpackages:\n  worker: # works\n    runtime: [debian]\nrepository:\n  hub: { registry: { worker: docker.io/acme/worker } }\n',
      'manifest/debian.yml':
        'releases:\n  debian:\n    12: { base_image: "debian:bookworm-slim", add_to_tags: slim }\nrelease_spec:\n  templates_dir: templates\n',
      'shared/alpine.yml':
        'x-a: &a { add_to_tags: alpine }\nreleases:\n  alpine:\n    3.21: { <<: *a, base_image: "alpine:3.21" }\n',
      'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\n',
    };
    const included = { ...parts, 'manifest.yml': 'version: 1.0.0\ninclude: [manifest, shared/*.yml]\n' };
    const folder = { ...parts, 'manifest/version.yml': 'version: 1.0.0\ninclude: ../shared/alpine.yml\n' };

    /** Lines that were added, by file. */
    function added(): Record<string, string[]> {
      const all = { ...parts, ...included, ...folder };
      return Object.fromEntries(
        Object.entries(all).flatMap(([path, before]) => {
          if (!existsSync(join(root, path)) || read(path) === before) return [];
          const lines = new Set(before.split('\n'));
          return [
            [
              path,
              read(path)
                .split('\n')
                .filter((line) => !lines.has(line)),
            ],
          ];
        }),
      );
    }

    describe.each([
      ['included', included, 'manifest.yml'],
      ['a folder', folder, 'manifest'],
    ])('%s', (_, contents, main) => {
      beforeEach(() => {
        rmSync(join(root, 'manifest.yml'));
        write(contents);
      });

      it('add a package to the last file with packages, and its repository where the others are', async () => {
        await run(packageGenerator, { name: 'web', releaseTypes: ['devel'], distros: ['debian'] });
        expect(added()).toEqual({
          'manifest/worker.yml': [
            '  web:',
            '    devel: [debian]',
            '  hub: { registry: { worker: docker.io/acme/worker, web: docker.io/acme/web } }',
          ],
        });
        expect(read('manifest/worker.yml')).toMatch(/^\ufeffpackages/);
        expect(output).toContain('web-debian12-devel');
      });

      it('add a version to the file with the distro, and list it where the package is', async () => {
        await run(distro, { distro: 'alpine:3.22', packages: 'api/runtime', addToTags: 'alpine322' });
        expect(added()).toEqual({
          'shared/alpine.yml': ['    3.22: { <<: *a, base_image: alpine:3.22, add_to_tags: alpine322 }'],
          'manifest/api.yml': ['    runtime: [debian, alpine3.22]'],
        });
      });

      it('add a CUDA version to the manifest itself if no file has any, and to the file of the release', async () => {
        await run(cuda, { cudaVersion: '12.6.3', component: 'cudart=12.6.77-1', releases: 'debian12' });
        const first = main === 'manifest' ? 'manifest/api.yml' : main;
        expect(added()).toEqual({
          [first]: ['cuda_dependencies:', '  12.6.3:', '    cudart: 12.6.77-1'],
          'manifest/debian.yml': ['    12: { base_image: "debian:bookworm-slim", add_to_tags: slim, cuda: 12.6.3 }'],
        });
      });

      it.each([
        [() => run(packageGenerator, { name: 'api' }), 'the package api is there already'],
        [() => run(distro, { distro: 'debian:12' }), 'the release debian 12 is there already'],
        [
          () => run(distro, { distro: 'debian:13', addToTags: 's', packages: 'api/devel' }),
          '`packages` has no api/devel; there are api/runtime, worker/runtime',
        ],
        [
          () => run(cuda, { cudaVersion: '12.6.3', component: 'cudart=12.6.77-1', releases: 'fedora1' }),
          '`releases` has no fedora1; there are debian12, alpine3.21',
        ],
      ])('write nothing if that cannot be: %#', async (start, message) => {
        await expect(start()).rejects.toThrow(message);
        expect(added()).toEqual({});
      });

      it('do not edit data files', async () => {
        write({
          'manifest/cuda.yml': 'cuda_dependencies: { from: cuda.json }\n',
          'manifest/cuda.json': '{"12.4.1": {"cudart": "12.4.127-1"}}\n',
        });
        const options = { component: 'cudart=12.6.77-1', releases: 'debian12' };
        await expect(run(cuda, { ...options, cudaVersion: '12.6.3' })).rejects.toThrow(
          '`cuda_dependencies` is in cuda.json: add CUDA 12.6.3 there',
        );
        await expect(run(cuda, { ...options, cudaVersion: '12.4.1' })).rejects.toThrow('CUDA 12.4.1 is there already');
        expect(added()).toEqual({});
      });
    });
  });
});
