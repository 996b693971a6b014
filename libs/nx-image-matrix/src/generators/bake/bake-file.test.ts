import { createTree } from '@nx/devkit/testing';
import type { ImageFacts } from '../../matrix/generate-image.ts';
import { bakeFile, formatBakeFile, type BakeFile } from './bake-file.ts';
import { checkOutput, checkPackages, checkRepositories, withTags } from './check-options.ts';

function image(name: string, from: string[] = [], more: Partial<ImageFacts['document']> = {}): ImageFacts {
  const document = {
    package: 'app',
    baseImage: 'debian:12',
    args: {},
    labels: {},
    tags: ['1.0', '1.0-{{ run.sha }}'],
    floatingTags: ['latest'],
    platforms: [],
    repositories: [],
    reference: `${name}:1.0`,
    manifest: 'services/manifest.yml',
    ...more,
  };
  const facts = {
    image: { name, dir: `docker/${name}`, package: document.package, releaseType: 'runtime', reference: `${name}:1.0` },
    document,
    references: from.map((reference) => ({ reference, kind: 'FROM', line: 1, column: 1 })),
  };
  return facts as unknown as ImageFacts;
}

describe('a bake file', () => {
  it('has valid bake names, and paths relative to the context', () => {
    const { target } = bakeFile([image('app-alpine3.22-runtime', ['debian:12'])], {});
    expect(target).toEqual({
      'app-alpine3_22-runtime': {
        context: 'services',
        dockerfile: 'docker/app-alpine3.22-runtime/Dockerfile',
        tags: ['app-alpine3.22-runtime:1.0'],
        labels: { 'org.opencontainers.image.title': 'app', 'org.opencontainers.image.base.name': 'debian:12' },
      },
    });
  });

  it('attests what the manifest wants', () => {
    const attestations = { provenance: 'max', sbom: { generator: 'ghcr.io/acme/scan:1' } } as const;
    const { target } = bakeFile(
      [image('both', [], { attestations }), image('sbom', [], { attestations: { sbom: {} } })],
      {},
    );
    expect(target['both']?.attest).toEqual(['type=provenance,mode=max', 'type=sbom,generator=ghcr.io/acme/scan:1']);
    expect(target['sbom']?.attest).toEqual(['type=sbom']);
  });

  it('refuses two images that would have one name', () => {
    expect(() => bakeFile([image('a-3.22'), image('a-3_22')], {})).toThrow(
      '"a-3.22" and "a-3_22" would both be called "a-3_22" in a bake file.',
    );
  });

  it('has parents of chosen images, and theirs, as targets but in no group', () => {
    const base = image('base', [], { package: 'other' });
    const middle = image('middle', ['base:1.0'], { package: 'other' });
    const file = bakeFile([base, middle, image('top', ['middle:1.0']), image('else', [], { package: 'other' })], {
      packages: ['app'],
    });
    expect(Object.keys(file.target)).toEqual(['base', 'middle', 'top']);
    expect(file.target['top']!.contexts).toEqual({ 'middle:1.0': 'target:middle' });
    expect(file.group).toEqual({
      default: { targets: ['top'] },
      'package-app': { targets: ['top'] },
      'type-runtime': { targets: ['top'] },
      'release-runtime': { targets: ['top'] },
    });
  });

  it('has only the images that tags choose in groups', () => {
    const [one, two] = [image('one'), image('two')];
    const file = bakeFile([one, two], { images: new Set([two]) });
    expect(Object.keys(file.target)).toEqual(['two']);
    expect(file.group['default']).toEqual({ targets: ['two'] });
  });

  it('tags for the selected repositories, without tags of a run', () => {
    const images = [image('a', [], { repositories: ['ghcr.io/acme/a', 'docker.io/acme/a'] })];
    expect(bakeFile(images, {}).target['a']!.tags).toEqual(['ghcr.io/acme/a:1.0', 'docker.io/acme/a:1.0']);
    expect(bakeFile(images, { repositories: ['ghcr.io/'], floatingTags: true }).target['a']!.tags).toEqual([
      'ghcr.io/acme/a:1.0',
      'ghcr.io/acme/a:latest',
    ]);
  });

  it('declares secrets by name, with file paths relative to the working directory of bake', () => {
    const secrets = [
      { id: 'a', env: 'TOKEN' },
      { id: 'b', src: 'keys/b,c' },
      { id: 'c', src: '/etc/c' },
    ];
    expect(bakeFile([image('a', [], { secrets })], {}).target['a']!.secret).toEqual([
      'id=a,env=TOKEN',
      'id=b,"src=services/keys/b,c"',
      'id=c,src=/etc/c',
    ]);
  });

  it('finds files in the home folder of the user who starts bake', () => {
    const secrets = [
      { id: 'a', src: '~/.pypirc' },
      { id: 'b', src: '~other/x' },
      { id: 'c', src: 'a~/x' },
      { id: 'd', src: '${HOME}/x' },
    ];
    const file = JSON.parse(formatBakeFile(bakeFile([image('a', [], { secrets })], {}), '')) as BakeFile;
    expect(file.variable).toEqual({ HOME: { default: '' } });
    expect(file.target['a']!.secret).toEqual([
      'id=a,src=${HOME}/.pypirc',
      'id=b,src=services/~other/x',
      'id=c,src=services/a~/x',
      'id=d,src=services/$${HOME}/x',
    ]);
    expect(bakeFile([image('a', [], { secrets: secrets.slice(1) })], {}).variable).toBeUndefined();
  });

  it('prevents bake from reading values as expressions', () => {
    const text = formatBakeFile(bakeFile([image('a', [], { args: { A: '${X} %{if} $Y' } })], {}), 'A note.');
    expect(text).toContain('"A": "$${X} %%{if} $Y"');
    expect(text).toMatch(/^\{\n {2}"\/\/": "A note\.",\n/);
  });
});

describe('options of the generator', () => {
  const images = [image('a', [], { repositories: ['ghcr.io/acme/a'] })];

  it.each(['../bake.json', '/tmp/bake.json', 'bake.hcl'])('refuse %s', (output) => {
    expect(() => checkOutput(createTree(), output)).toThrow(
      `--output is "${output}", but must be a file in the workspace`,
    );
  });

  it('reject a file written by something else', () => {
    const tree = createTree();
    tree.write('docker-bake.json', '{}');
    expect(() => checkOutput(tree, 'docker-bake.json')).toThrow(
      'docker-bake.json is there, and not by this generator.',
    );
    tree.write('docker-bake.json', formatBakeFile({ group: {}, target: {} }, 'nx g nx-image-matrix:bake'));
    expect(() => checkOutput(tree, 'docker-bake.json')).not.toThrow();
  });

  it('reject tags that no image has, or that no image has together', () => {
    const tagged = (name: string, ...nxTags: string[]): ImageFacts => {
      const facts = image(name);
      return { ...facts, image: { ...facts.image, nxTags } };
    };
    const [base, devel] = [tagged('b', 'type:base', 'distro:debian'), tagged('d', 'type:devel', 'distro:alpine')];
    expect([...withTags([base, devel], ['type:devel'])]).toEqual([devel]);
    expect(withTags([base, devel], []).size).toBe(2);
    expect([...withTags([base, devel], ['team:a'], (project) => (project === 'b' ? ['team:a'] : undefined))]).toEqual([
      base,
    ]);
    expect(() => withTags([base, devel], ['type:devl'])).toThrow('Did you mean "type:devel"?');
    expect(() => withTags([base, devel], ['type:devel', 'distro:debian'])).toThrow(
      'No image has all of these tags: type:devel, distro:debian.',
    );
  });

  it('reject packages and repositories that do not exist', () => {
    expect(() => checkPackages(['ap'], images)).toThrow('No manifest has a package "ap". Did you mean "app"?');
    expect(() => checkPackages(['zzz'], images)).toThrow('There are app.');
    expect(() => checkRepositories(['quay.io'], images)).toThrow(
      'No repository begins with "quay.io". There are ghcr.io/acme/a.',
    );
  });
});
