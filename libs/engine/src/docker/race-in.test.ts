import { raceIn } from './docker-engine.ts';

describe('raceIn', () => {
  it.each([
    ['ERROR: failed to solve: image "docker.io/library/app:base": already exists'],
    [
      'ERROR: failed to solve: failed to prepare extraction snapshot "extract-29067218-g8hf sha256:4d8f": parent snapshot sha256:b6d3 does not exist: not found',
    ],
    ['ERROR: failed to solve: not found'],
  ])('recognizes a race: %s', (line) => {
    expect(raceIn(['#7 exporting to image', line])).toMatch(/^(lost a layer|could not name)/);
  });

  it.each([
    ['ERROR: failed to solve: process "/bin/sh -c false" did not complete successfully: exit code: 1'],
    ['ERROR: failed to solve: failed to compute cache key: "/missing": not found'],
    ['ERROR: failed to solve: example.com/missing:1: not found'],
  ])('does not match anything else: %s', (line) => {
    expect(raceIn(['parent snapshot sha256:b6d3 does not exist: not found', line])).toBeUndefined();
  });
});
