import { findEdges, transitiveParents } from './edges.ts';
import type { ImageFacts } from './generate-image.ts';

function image(name: string, reference: string, ...references: string[]): ImageFacts {
  return {
    image: { name, reference, position: { file: 'manifest.yml', line: 7, column: 3 } },
    references: references.map((target) => ({ reference: target })),
  } as unknown as ImageFacts;
}

describe('findEdges', () => {
  it('finds what an image starts FROM or copies from, once each, and nothing of the outside', () => {
    const { parents, diagnostics } = findEdges([
      image('base', 'app:base', 'debian:12'),
      image('tools', 'tools:1', 'scratch'),
      image('runtime', 'app:1', 'app:base', 'tools:1', 'app:base', 'nginx:1'),
    ]);
    expect(Object.fromEntries(parents)).toEqual({ base: [], tools: [], runtime: ['base', 'tools'] });
    expect(diagnostics).toEqual([]);
  });

  it('reports a reference that only looks like one of ours, with the nearest', () => {
    const { diagnostics } = findEdges([
      image('base', 'app:base-slim', 'debian:12'),
      image('runtime', 'app:1', 'app:base-slmi'),
    ]);
    expect(diagnostics).toMatchObject([
      { code: 'bad-parent', line: 7, hint: expect.stringContaining('app:base-slim') },
    ]);
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
  it('has parents of parents once', () => {
    const parents = new Map([
      ['devel', ['runtime', 'base']],
      ['runtime', ['base']],
      ['base', []],
    ]);
    expect(transitiveParents('devel', parents)).toEqual(['runtime', 'base']);
  });
});
