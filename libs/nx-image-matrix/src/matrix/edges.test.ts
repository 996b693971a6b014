import { findEdges, transitiveParents } from './edges.ts';
import type { ImageFacts } from './generate-image.ts';

function image(name: string, reference: string, ...references: string[]): ImageFacts {
  return {
    image: { baseImage: 'app:upstream', name, reference, position: { file: 'manifest.yml', line: 7, column: 3 } },
    document: { folder: `docker/${name}` },
    references: references.map((target, index) => ({ reference: target, line: index + 1, column: 1 })),
  } as unknown as ImageFacts;
}

describe('findEdges', () => {
  it('finds the own images that an image starts FROM or copies from, once each', () => {
    const { parents, diagnostics } = findEdges([
      image('base', 'app:base', 'debian:12'),
      image('tools', 'tools:1', 'scratch'),
      image('runtime', 'app:1', 'app:base', 'tools:1', 'app:base', 'nginx:1'),
    ]);
    expect(Object.fromEntries(parents)).toEqual({ base: [], tools: [], runtime: ['base', 'tools'] });
    expect(diagnostics).toEqual([]);
  });

  it('reports a reference that resembles an own one, with the nearest', () => {
    const { diagnostics } = findEdges([
      image('base', 'app:base-slim', 'debian:12'),
      image('runtime', 'app:1', 'app:base-slmi'),
    ]);
    expect(diagnostics).toMatchObject([
      {
        code: 'bad-parent',
        file: 'docker/runtime/Dockerfile',
        line: 1,
        hint: expect.stringContaining('app:base-slim'),
      },
    ]);
  });

  it('reports a stray reference of one template once', () => {
    const facts = (name: string, template: string): ImageFacts =>
      ({ ...image(name, `app:${name}`, 'app:bsae'), templates: [template] }) as ImageFacts;
    const { diagnostics } = findEdges([image('base', 'app:base'), facts('a', 'one'), facts('b', 'one')]);
    expect(diagnostics).toMatchObject([
      {
        file: 'docker/a/Dockerfile',
        message:
          'The Dockerfiles of a and 1 more image start from or copy from "app:bsae", but no image of this workspace has that reference.',
      },
    ]);
    expect(findEdges([image('base', 'app:base'), facts('a', 'one'), facts('b', 'two')]).diagnostics).toHaveLength(2);
  });

  it.each([
    ['another spelling', 'docker.io/library/app:base'],
    ['a part that is not known', 'app:b*'],
  ])('finds an own image by %s', (_, reference) => {
    const { parents } = findEdges([image('base', 'app:base'), image('runtime', 'app:1', reference)]);
    expect(parents.get('runtime')).toEqual(['base']);
  });

  it('finds an own image without a tag', () => {
    const { parents } = findEdges([image('base', 'app:latest'), image('runtime', 'app:1', 'app')]);
    expect(parents.get('runtime')).toEqual(['base']);
  });

  it.each([
    ['a letter too few', 'base-notebok:debian12'],
    ['a letter too many', 'base-nootebook:debian12'],
    ['another letter', 'base-notebuok:debian12'],
    ['swapped letters', 'base-notebook:debian12'.replace('te', 'et')],
    ['another case', 'base-Notebook:debian12'],
  ])('reports an own name with %s, and the same tag', (_, reference) => {
    const { diagnostics } = findEdges([image('base', 'base-notebook:debian12'), image('r', 'r-notebook:1', reference)]);
    const hint = expect.stringContaining('did you mean "base-notebook:debian12"?');
    expect(diagnostics).toMatchObject([{ code: 'bad-parent', hint }]);
  });

  it.each([
    ['a letter away but with a tag that is not ours', 'debian:12'],
    ['two letters away', 'debbians:1'],
    ['in a registry', 'quay.io/debian:1'],
    ['pinned by its digest', 'debiam@sha256:00'],
    ['a base image of the manifest', 'app:upstream'],
  ])('treats an image as external that is %s', (_, reference) => {
    const images = [image('one', 'debiam:1'), image('two', 'app:1', reference)];
    expect(findEdges(images).diagnostics).toEqual([]);
  });

  it.each(['pythom:3', 'docker.io/library/pythom:3'])(
    'treats %s as external if another image has it as its base',
    (base) => {
      const other = image('other', 'app:2');
      other.image.baseImage = 'pythom:3';
      const images = [image('one', 'python:3'), image('two', 'app:1', base)];
      expect(findEdges([...images, other]).diagnostics).toEqual([]);
      expect(findEdges(images).diagnostics).toMatchObject([{ code: 'bad-parent' }]);
    },
  );

  it('names the variables of a reference that cannot be an own image, as written', () => {
    const runtime = image('runtime', 'app:1');
    runtime.references.push({
      reference: 'app:x-*',
      written: 'app:x-${TARGETARCH}',
      unknown: ['TARGETARCH'],
      kind: 'FROM',
      line: 3,
      column: 1,
    });
    const { diagnostics } = findEdges([runtime]);
    expect(diagnostics).toMatchObject([
      { code: 'bad-parent', line: 3, message: expect.stringContaining('TARGETARCH') },
    ]);
    expect(diagnostics[0]!.message).not.toContain('*');
  });

  it('reports images that start from each other, with the whole circle', () => {
    const { diagnostics } = findEdges([
      image('a', 'app:a', 'app:b'),
      image('b', 'app:b', 'app:c'),
      image('c', 'app:c', 'app:a'),
    ]);
    expect(diagnostics).toMatchObject([{ code: 'image-cycle', message: expect.stringContaining('a -> b -> c -> a') }]);
  });
});

describe('transitiveParents', () => {
  it('includes parents of parents once', () => {
    const parents = new Map([
      ['devel', ['runtime', 'base']],
      ['runtime', ['base']],
      ['base', []],
    ]);
    expect(transitiveParents('devel', parents)).toEqual(['runtime', 'base']);
  });
});
