import { array, assert, boolean, integer, nat, property, tuple } from 'fast-check';
import { shardImages, parseShard } from './shard.ts';

const parents = new Map([
  ['a-runtime', ['a-base']],
  ['a-devel', ['a-base']],
  ['a-debug', ['a-runtime']],
  ['b-runtime', ['b-base']],
]);
const all = ['a-base', 'a-debug', 'a-devel', 'a-runtime', 'b-base', 'b-runtime'];

describe('shardImages', () => {
  it.each<[string, string[], number, string[][]]>([
    ['keeps everything on one machine', all, 1, [all]],
    ['keeps what starts FROM one image together', ['b-runtime', 'b-base', 'c'], 2, [['b-base', 'b-runtime'], ['c']]],
    [
      'divides what is more than a share',
      all,
      2,
      [
        ['a-base', 'a-debug', 'a-runtime'],
        ['a-devel', 'b-base', 'b-runtime'],
      ],
    ],
    ['keeps siblings together whose parent is not chosen', ['b-runtime', 'a-devel'], 2, [['a-devel'], ['b-runtime']]],
    ['leaves machines without work', ['c'], 3, [['c'], [], []]],
    ['has nothing to give', [], 2, [[], []]],
  ])('%s', (_, images, total, shards) => {
    expect(shardImages(images, parents, total)).toEqual(shards);
  });

  it('divides a hundred images on one base evenly', () => {
    const images = Array.from({ length: 100 }, (_, index) => `app-${index}`);
    const onBase = new Map(images.map((image) => [image, ['base']]));
    const sizes = shardImages(['base', ...images], onBase, 4).map(({ length }) => length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it('puts each image into exactly one shard, whatever the images, their order and their edges', () => {
    const graph = array(tuple(nat(60), boolean()), { maxLength: 60 });
    assert(
      property(graph, integer({ min: 1, max: 9 }), boolean(), (nodes, total, reverse) => {
        const edges = new Map(
          nodes.flatMap(([parent], index) => (parent < index ? [[`i${index}`, [`i${parent}`]] as const] : [])),
        );
        const images = nodes.flatMap(([, wanted], index) => (wanted ? [`i${index}`] : []));
        const shards = shardImages(reverse ? images.toReversed() : images, edges, total);
        expect(shards).toHaveLength(total);
        expect(shards.flat().sort()).toEqual([...images].sort());
        expect(shards).toEqual(shardImages(images, edges, total));
      }),
    );
  });
});

describe('parseShard', () => {
  it('reads the number of this machine and of all', () => {
    expect(parseShard('2/4')).toEqual({ index: 2, total: 4 });
  });

  it.each(['', '0/4', '5/4', '1', '1/0', 'a/b', '-1/4', '1/4/2'])('refuses "%s"', (text) => {
    expect(() => parseShard(text)).toThrow(`"${text}" is not a shard`);
  });
});
