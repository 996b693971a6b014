import { reachableTemplates } from './reachable-templates.ts';

describe('reachableTemplates', () => {
  it('includes partials of the same name in any folder of the root', () => {
    const templates = ['templates/debian/base.Dockerfile.liquid', 'templates/partials/env.liquid'];
    expect(reachableTemplates(templates, 'base', ['templates'])).toEqual([
      ...templates,
      'templates/**/debian/base.Dockerfile.liquid',
      'templates/**/partials/env.liquid',
    ]);
  });

  it('includes former files in the folder of the release type', () => {
    expect(reachableTemplates(['t/debian/cudnn/Dockerfile.liquid'], 'cudnn', ['t'])).toContain('t/debian/cudnn/**/*');
  });
});
