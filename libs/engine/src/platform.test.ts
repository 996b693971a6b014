import { normalizePlatform, normalizePlatforms } from './platform.ts';

describe('a platform', () => {
  it.each([
    ['linux/amd64', 'linux/amd64'],
    ['linux/x86_64', 'linux/amd64'],
    ['LINUX/AMD64/v1', 'linux/amd64'],
    ['linux/amd64/v2', 'linux/amd64/v2'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64/v9', 'linux/arm64/v9'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/arm/7', 'linux/arm/v7'],
    ['linux/armhf', 'linux/arm/v7'],
    ['linux/arm/v6', 'linux/arm/v6'],
    ['linux/s390x', 'linux/s390x'],
    ['linux/ia32', 'linux/386'],
    ['windows/amd64', 'windows/amd64'],
    ['arm64', 'linux/arm64'],
    ['linux', 'linux/ppc64le'],
    ['local', 'linux/ppc64le'],
    [' ', 'linux/ppc64le'],
    ['linux/constructor', 'linux/constructor'],
  ])('%j is %s', (platform, normal) => {
    expect(normalizePlatform(platform, 'linux/ppc64le')).toBe(normal);
  });

  it('counts once among several, whatever their order and spelling', () => {
    expect(normalizePlatforms(['linux/arm64,linux/x86_64', 'linux/amd64'])).toEqual(['linux/amd64', 'linux/arm64']);
  });
});
