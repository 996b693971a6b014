import { readFileSync } from 'node:fs';
import { expandImages } from '../expand/expand-images.ts';
import { parseManifest } from '../parse-manifest.ts';
import { addCuda as addCudaTo, type NewCuda } from './add-cuda.ts';
import { addDistro as addDistroTo, type NewDistro } from './add-distro.ts';
import { addPackage as addPackageTo, type NewPackage } from './add-package.ts';
import { addTest as addTestTo, type NewTest } from './add-test.ts';
import { ManifestTexts } from './manifest-texts.ts';

const FILE = 'manifest.yml';

/** An edit of a manifest of one file. */
function single<New>(edit: (manifest: ManifestTexts, what: New) => ManifestTexts): (text: string, what: New) => string {
  return (text, what) => edit(new ManifestTexts(FILE, new Map([[FILE, text]])), what).texts.get(FILE) ?? '';
}

const addCuda = single<NewCuda>(addCudaTo);
const addDistro = single<NewDistro>(addDistroTo);
const addPackage = single<NewPackage>(addPackageTo);
const addTest = single<NewTest>(addTestTo);

const own = readFileSync(new URL('../../../../manifest.yml', import.meta.url), 'utf8');
const seed = readFileSync(new URL('../../test/fixtures/seed.yml', import.meta.url), 'utf8');
const flow = `packages:
  app: { runtime: [debian] }
releases:
  debian:
    12: { base_image: "debian:bookworm-slim", templates_dir: templates } # stable
`;

/** The added lines, if all other lines are unchanged and in the same order. */
function addedLines(before: string, after: string): string[] {
  const old = before.split('\n');
  const added = after.split('\n').filter((line) => (line === old[0] ? (old.shift(), false) : true));
  expect(old).toEqual([]);
  return added;
}

function names(text: string): string[] {
  const { manifest, diagnostics } = parseManifest(text, 'manifest.yml');
  expect(diagnostics).toEqual([]);
  return expandImages(manifest!, {}).images.map(({ name }) => name);
}

const fedora = {
  name: 'fedora',
  version: '3.10',
  baseImage: 'fedora:42',
  templatesDir: 'templates/rhel',
  addToTags: 'fedora',
};
const cuda = { version: '12.8.1', components: { cudart: '12.8.90-1', cudnn9: '9.8.0.87-1' }, releases: ['debian12'] };

describe('addDistro', () => {
  it.each([
    ['\n', own],
    ['\r\n', own.replaceAll('\n', '\r\n')],
  ])('only adds lines to the manifest of this repository, with line ends %j', (eol, text) => {
    const after = addDistro(text, { ...fedora, listedBy: ['model-server/runtime'] });
    expect(addedLines(text, after).map((line) => line.replace(/\r$/, ''))).toEqual([
      '      - fedora',
      '  fedora:',
      '    3.10:',
      '      templates_dir: templates/rhel',
      '      base_image: fedora:42',
      '      add_to_tags: fedora',
    ]);
    expect(after.split(eol)).toHaveLength(text.split(eol).length + 6);
    expect(names(after).filter((name) => !names(text).includes(name))).toEqual([
      'model-server-fedora3.10-base',
      'model-server-fedora3.10-runtime',
    ]);
  });

  it('merges what its siblings merge', () => {
    const after = addDistro(seed, {
      name: 'debian',
      version: '11',
      baseImage: 'debian:bullseye-slim',
      addToTags: 'b',
      listedBy: [],
    });
    expect(addedLines(seed, after).slice(0, 2)).toEqual(['    11:', '      <<: *release_spec']);
  });

  it('works without a final line end, and writes none', () => {
    const text = own.trimEnd();
    const after = addDistro(text, { ...fedora, listedBy: [] });
    expect(after).toBe(addDistro(own, { ...fedora, listedBy: [] }).trimEnd());
  });

  it('writes in flow style where siblings do, on the line of the list', () => {
    const after = addDistro(flow, {
      name: 'alpine',
      version: '3.22',
      baseImage: 'alpine:3.22',
      listedBy: ['app/runtime'],
    });
    expect(after).toBe(
      flow.replace('[debian]', '[debian, alpine]') + '  alpine:\n    3.22: { base_image: alpine:3.22 }\n',
    );
  });

  it.each([
    [{ ...fedora, name: 'debian', version: '12', listedBy: [] }, 'debian 12 is there already'],
    [{ ...fedora, listedBy: ['model/runtime'] }, '`packages` has no model/runtime; there are model-server/devel'],
  ])('refuses %j', (distro, message) => {
    expect(() => addDistro(own, distro)).toThrow(message);
  });
});

describe('addDistro with a list that is shared', () => {
  const shared = flow.replace('[debian] }', '&all [debian], devel: *all }');

  it('refuses to add to listings that were not named', () => {
    expect(() => addDistro(shared, { ...fedora, listedBy: ['app/runtime'] })).toThrow('by an alias with app/devel');
  });

  it('adds once if all are named', () => {
    const after = addDistro(shared, { ...fedora, listedBy: ['app/runtime', 'app/devel'] });
    expect(after).toContain('{ runtime: &all [debian, fedora], devel: *all }');
  });

  it('replaces an alias with a list', () => {
    const after = addDistro(shared, { ...fedora, listedBy: ['app/devel'] });
    expect(after).toContain('{ runtime: &all [debian], devel: [*all, fedora] }');
  });
});

describe('addPackage', () => {
  it('only adds lines to the manifest of this repository', () => {
    const after = addPackage(own, {
      name: 'gateway',
      releaseTypes: ['runtime', 'devel'],
      distros: ['debian', 'alpine'],
    });
    expect(addedLines(own, after)).toEqual([
      '      gateway: docker.io/bentoml/gateway',
      '      gateway: 127.0.0.1:5000/bentoml/gateway',
      '  gateway:',
      '    runtime:',
      '      - debian',
      '      - alpine',
      '    devel:',
      '      - debian',
      '      - alpine',
    ]);
    expect(names(after)).toContain('gateway-alpine3.22-runtime');
  });

  it('takes the repository of the last package that has one', () => {
    const text = `packages:
  app: { runtime: [debian] }
  lib: { runtime: [debian] }
releases: { debian: { 12: { templates_dir: t, base_image: d } } }
repository: { hub: { registry: { app: r.io/acme/app, lib: } } }
`;
    expect(addPackage(text, { name: 'worker', releaseTypes: ['runtime'], distros: ['debian'] })).toContain(
      'worker: r.io/acme/worker',
    );
  });

  it('leaves `staging` as it is', () => {
    const text = `staging: { repository: r.io/acme/staging, user: U, pwd: P }
packages:
  app: { runtime: [debian] }
releases: { debian: { 12: { templates_dir: t, base_image: d } } }
repository: { hub: { registry: { app: r.io/acme/app } } }
`;
    const after = addPackage(text, { name: 'worker', releaseTypes: ['runtime'], distros: ['debian'] });
    expect(after).toBe(
      text
        .replace('app: r.io/acme/app', 'app: r.io/acme/app, worker: r.io/acme/worker')
        .replace('[debian] }\n', '[debian] }\n  worker: { runtime: [debian] }\n'),
    );
    expect(parseManifest(after, FILE).manifest?.staging).toMatchObject({ repository: 'r.io/acme/staging' });
  });

  it('rejects an existing package', () => {
    expect(() => addPackage(own, { name: 'model-server', releaseTypes: [], distros: [] })).toThrow('is there already');
  });
});

describe('addCuda', () => {
  it('adds the version, and to the list on its line', () => {
    const after = addCuda(own, cuda);
    const from = 'cuda: ["12.4.1", "12.6.3"]';
    expect(addedLines(own.replace(from, 'cuda: ["12.4.1", "12.6.3", 12.8.1]'), after)).toEqual([
      '  12.8.1:',
      '    cudart: 12.8.90-1',
      '    cudnn9: 9.8.0.87-1',
    ]);
    expect(names(after)).toContain('model-server-debian12-cudnn-cuda12.8.1');
  });

  it('keeps what a release inherits', () => {
    expect(addedLines(own, addCuda(own, { ...cuda, releases: ['almalinux9'] })).at(-1)).toBe(
      '      cuda: [12.6.3, 12.8.1]',
    );
  });

  it.each([
    [{ ...cuda, version: '12.6.3' }, 'CUDA 12.6.3 is there already'],
    [{ ...cuda, releases: ['debian99'] }, '`releases` has no debian99; there are debian12'],
  ])('refuses %j', (value, message) => {
    expect(() => addCuda(own, value)).toThrow(message);
  });
});

describe('addTest', () => {
  const added = (types: string): string => addTest(`${types}${flow}`, { releaseType: 'runtime', file: 'tests/a.yaml' });

  it.each([
    ['is not written', '', `release_types:\n  runtime:\n    tests: [tests/a.yaml]\n`],
    [
      'has nothing',
      'release_types:\n  runtime: # last\n',
      'release_types:\n  runtime:\n    tests: [tests/a.yaml] # last\n',
    ],
    [
      'has other keys',
      'release_types:\n  runtime:\n    from: base # why\n',
      'release_types:\n  runtime:\n    from: base # why\n    tests: [tests/a.yaml]\n',
    ],
    [
      'is on one line',
      'release_types: { runtime: { from: base } }\n',
      'release_types: { runtime: { from: base, tests: [tests/a.yaml] } }\n',
    ],
    [
      'has tests',
      'release_types:\n  runtime:\n    tests:\n      - b.yaml # old\n',
      'release_types:\n  runtime:\n    tests:\n      - b.yaml # old\n      - tests/a.yaml\n',
    ],
    [
      'has one test',
      'release_types: { runtime: { tests: b.yaml } }\n',
      'release_types: { runtime: { tests: [b.yaml, tests/a.yaml] } }\n',
    ],
    [
      'switches tests off',
      'release_types:\n  runtime:\n    tests:\n',
      'release_types:\n  runtime:\n    tests: [tests/a.yaml]\n',
    ],
    [
      'has it',
      'release_types: { runtime: { tests: ["tests/a.yaml"] } }\n',
      'release_types: { runtime: { tests: ["tests/a.yaml"] } }\n',
    ],
  ])('adds to a release type that %s', (_, before, after) => {
    const text = added(before);
    expect(text).toBe(before === '' ? flow + after : after + flow);
    expect(parseManifest(text, FILE).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('refuses an alias', () => {
    const types = 'release_types: { devel: &x { tests: [] }, runtime: *x }\n';
    expect(() => added(types)).toThrow('the release type runtime is an alias');
  });
});
