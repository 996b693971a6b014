import { isBuild, leftovers } from './leftovers.ts';

it('leftovers are working containers that are no older than the build', () => {
  const container = { Id: 'a', Command: ['buildah'], State: 'storage', Created: 100 };
  const others = [
    { ...container, Id: 'older', Created: 99 },
    { ...container, Id: 'running', State: 'running' },
    { ...container, Id: 'own', Command: ['sh'] },
    { ...container, Id: 'none', Command: null },
  ];
  expect(leftovers([container, ...others], 100_900)).toEqual(['a']);
});

it.each([
  ['podman\0build\0--format=docker\0.\0', true],
  ['/usr/bin/buildah\0bud\0.\0', true],
  ['podman\0run\0x\0', false],
  ['node\0build\0', false],
  ['', false],
])('isBuild(%j) is %s', (commandLine, build) => {
  expect(isBuild(commandLine)).toBe(build);
});
