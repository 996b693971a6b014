import { chunksByLength, matchImages, onlyMissing } from './images.ts';

const image = { Id: 'sha256:1', RepoTags: ['x:1', 'localhost:5000/x:1'], RepoDigests: ['x@sha256:1'] };

describe('matchImages', () => {
  it.each([['x:1'], ['docker.io/library/x:1'], ['localhost:5000/x:1'], ['x@sha256:1'], ['sha256:1']])(
    'finds %s again under the name that was asked for',
    (reference) => {
      expect([...matchImages([reference, 'y:1'], [image], true).keys()]).toEqual([reference]);
    },
  );

  it("has a digest in containerd's store only", () => {
    expect(matchImages(['x:1'], [image], true).get('x:1')?.digest).toBe('sha256:1');
    expect(matchImages(['x:1'], [image], false).get('x:1')?.digest).toBeUndefined();
  });

  it('reads labels', () => {
    const labelled = { ...image, Config: { Labels: { a: 'b' } } };
    expect(matchImages(['x:1'], [labelled], true).get('x:1')?.labels).toEqual({ a: 'b' });
    expect(matchImages(['x:1'], [{ ...image, Config: { Labels: null } }], true).get('x:1')?.labels).toEqual({});
  });
});

it.each([
  ['', true],
  ['Error: No such image: x:1\nError: No such image: y:1\n', true],
  ['Error response from daemon: No such image: x:1', true],
  ['Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?', false],
  ['Error: No such image: x:1\nerror during connect', false],
])('onlyMissing(%j) is %s', (stderr, only) => {
  expect(onlyMissing(stderr)).toBe(only);
});

it('chunksByLength keeps the order and exceeds the length for single texts only', () => {
  expect(chunksByLength(['aaaa', 'bb', 'cc', 'dddddddddd', 'e'], 6)).toEqual([
    ['aaaa'],
    ['bb', 'cc'],
    ['dddddddddd'],
    ['e'],
  ]);
  expect(chunksByLength([], 6)).toEqual([]);
});
