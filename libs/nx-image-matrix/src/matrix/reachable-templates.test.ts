import { reachableTemplates } from './reachable-templates.ts';

describe('reachableTemplates', () => {
  it('holds partials of the same name in any folder of the root', () => {
    const templates = ['templates/debian/base.Dockerfile.liquid', 'templates/partials/env.liquid'];
    expect(reachableTemplates(templates, 'base', ['templates'])).toEqual([
      ...templates,
      'templates/**/debian/base.Dockerfile.liquid',
      'templates/**/partials/env.liquid',
    ]);
  });

  it('holds whatever else lay in the folder of the release type', () => {
    expect(reachableTemplates(['t/debian/cudnn/Dockerfile.liquid'], 'cudnn', ['t'])).toContain('t/debian/cudnn/**/*');
  });
});
