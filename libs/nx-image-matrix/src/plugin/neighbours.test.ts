import { alsoInferred } from './neighbours.ts';

describe('alsoInferred', () => {
  it.each([
    ['a name', '@nx/docker'],
    ['an entry', { plugin: '@nx/docker', options: {} }],
    ['an entry that leaves out another folder', { plugin: '@nx/docker', exclude: ['docker-compose/**', 'docker/*'] }],
    ['an entry for everything', { plugin: '@nx/docker', include: ['**/*'] }],
  ])('warns of %s', (_, entry) => {
    const found = alsoInferred(['@nx/js', entry], ['docker']);
    expect(found).toMatchObject([{ code: 'also-inferred', severity: 'warning', file: 'nx.json' }]);
    expect(found[0]!.hint).toContain('"exclude": ["docker/**"]');
  });

  it.each([
    ['nothing', undefined],
    ['another plugin', ['@nx/js']],
    ['the folder', [{ plugin: '@nx/docker', exclude: ['docker/**'] }]],
    ['the folder, spelled differently', [{ plugin: '@nx/docker', exclude: ['./docker/**/*'] }]],
    ['every such folder', [{ plugin: '@nx/docker', exclude: ['**/docker/**'] }]],
    ['one of several', [{ plugin: '@nx/docker', exclude: ['{docker,images}/**'] }]],
    ['what is included', [{ plugin: '@nx/docker', include: ['apps/**'] }]],
  ])('does not warn with %s', (_, plugins) => {
    expect(alsoInferred(plugins as never, ['docker'])).toEqual([]);
  });

  it('names the output folders of all manifests', () => {
    expect(alsoInferred(['@nx/docker'], ['docker', 'services/images'])[0]!.hint).toContain(
      '["docker/**", "services/images/**"]',
    );
  });
});
