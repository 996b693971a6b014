import { diagnose, imagesOf, summary } from '../../test/minimal.ts';

const manifest = (registry: string, more = ''): string => `
packages:
  app: { runtime: [debian] }
  worker: { runtime: [debian] }
  tool: { devel: [debian] }
releases:
  debian:
    12: { templates_dir: templates, base_image: "debian:12" }
repository: ${registry}
${more}`;

describe('a package that no entry of `repository` names', () => {
  it('is a warning for each, at the package, with the key to add', () => {
    const found = diagnose(manifest('{ docker.io: { registry: { app: docker.io/acme/app } } }'));
    expect(summary(found)).toEqual(['missing-repository 4:3', 'missing-repository 5:3']);
    expect(found[0]).toMatchObject({
      severity: 'warning',
      message: 'no entry of `repository` names `worker`, so its images are not pushed',
      hint: 'add `worker: docker.io/acme/worker` to `registry` of `docker.io`, or `worker:` with no value if it is not to be pushed',
    });
  });

  it('is named without a repository where those of others say nothing about it', () => {
    const [found] = diagnose(manifest('{ hub: { registry: { app: docker.io/acme/images } } }'));
    expect(found!.hint).toMatch(/^add `worker` to `registry` of `hub`/);
  });

  it.each([
    ['if there is no repository', '{}'],
    [
      'if it is in another entry',
      '{ a: { registry: { app: r.io/app, tool: r.io/t } }, b: { registry: { worker: r.io/w } } }',
    ],
    ['if it has no value', '{ a: { registry: { app: r.io/app, worker: , tool: ~ } } }'],
    ['if its release type has no value', '{ a: { registry: { app: r.io/app, worker/runtime: , tool/devel: ~ } } }'],
    [
      'if one of its release types is named',
      '{ a: { registry: { app: r.io/app, worker/runtime: r.io/w, tool/devel: r.io/t } } }',
    ],
    ['if others have no value either', '{ a: { registry: { app: } } }'],
  ])('is none %s', (_, registry) => {
    expect(diagnose(manifest(registry))).toEqual([]);
  });

  it('is none if its release types are not pushed', () => {
    const types = 'release_types: { devel: { push: false } }';
    const registry = '{ a: { registry: { app: r.io/app, worker: r.io/w } } }';
    expect(diagnose(manifest(registry, types))).toEqual([]);
    expect(summary(diagnose(manifest(registry)))).toEqual(['missing-repository 5:3']);
  });

  it('is none if it has no images', () => {
    expect(
      summary(
        diagnose(manifest('{ a: { registry: { app: r.io/app, worker: r.io/w } } }', 'exclude: [{ package: tool }]')),
      ),
    ).toEqual(['unused-exclusion 5:3']);
  });
});

describe('a package with no value', () => {
  it('is pushed to the other entries only', () => {
    const images = imagesOf(
      manifest('{ a: { registry: { app: , worker: r.io/w, tool: r.io/t } }, b: { registry: { app: r.io/app } } }'),
    );
    expect(images.filter((image) => image.package === 'app').map(({ repositories }) => repositories)).toEqual([
      ['r.io/app'],
      ['r.io/app'],
    ]);
  });

  it.each(['""', '[]', '5'])('is not one that is %s', (value) => {
    expect(summary(diagnose(manifest(`{ a: { registry: { app: ${value} } } }`)))).toHaveLength(1);
  });
});
