import type { BuildPlan } from '../../build-plan/plan.ts';
import { environmentOf, readBuildEnvironment } from './build-environment.ts';

const plan = {
  folder: { project: 'app-debian12-runtime' },
  document: { repositories: ['docker.io/acme/app'], tags: ['1.0-slim', 'latest'], platforms: [] },
  requested: [],
  parents: [],
} as unknown as BuildPlan;
const child = { ...plan, parents: [plan] };
const cache = 'ghcr.io/acme/build-cache';

describe('the environment of a build', () => {
  it.each<[string, NodeJS.ProcessEnv, BuildPlan, object]>([
    ['nothing', {}, plan, { pull: false, noCache: false }],
    [
      'a cache to read and to write',
      { IMAGE_CACHE_FROM: cache, IMAGE_CACHE_TO: cache },
      plan,
      {
        pull: false,
        noCache: false,
        cache: {
          from: [`${cache}:app-debian12-runtime`],
          to: `${cache}:app-debian12-runtime`,
          pushed: ['docker.io/acme/app:1.0-slim'],
        },
      },
    ],
    ['a refresh', { IMAGE_REFRESH: 'true' }, plan, { pull: true, noCache: true }],
    [
      'a refresh of what starts FROM an image of our own',
      { IMAGE_REFRESH: '1' },
      child,
      { pull: false, noCache: true },
    ],
    ['a refresh that is switched off', { IMAGE_REFRESH: 'false' }, plan, { pull: false, noCache: false }],
    [
      'a refresh that fills the cache and does not read it',
      { IMAGE_REFRESH: '1', IMAGE_CACHE_FROM: cache, IMAGE_CACHE_TO: cache },
      plan,
      { pull: true, noCache: true, cache: { from: [], to: `${cache}:app-debian12-runtime` } },
    ],
  ])('are %s', (_, environment, image, expected) => {
    expect(environmentOf(readBuildEnvironment(environment), image)).toMatchObject(expected);
  });

  it('do not use a cache by default', () => {
    expect(environmentOf(readBuildEnvironment({ IMAGE_CACHE_FROM: '' }), plan)).not.toHaveProperty('cache');
  });

  it.each<[string | undefined, boolean | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
    ['no', false],
  ])('load images by IMAGE_LOAD=%s: %s', (value, load) => {
    expect(readBuildEnvironment({ IMAGE_LOAD: value }).load).toBe(load);
  });

  it.each([
    'build-cache',
    'ghcr.io/Acme/cache',
    'ghcr.io/acme/cache:tag',
    'ghcr.io/acme/cache,mode=min',
    'https://x/y',
  ])('refuse the repository "%s"', (value) => {
    expect(() => readBuildEnvironment({ IMAGE_CACHE_TO: value })).toThrow(`IMAGE_CACHE_TO is "${value}"`);
  });
});
