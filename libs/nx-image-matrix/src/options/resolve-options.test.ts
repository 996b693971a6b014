import { resolveOptions } from './resolve-options.ts';

describe('resolveOptions', () => {
  it('fills in defaults', () => {
    expect(resolveOptions(undefined)).toMatchObject({
      outputDir: 'docker',
      prefix: '',
      engine: 'auto',
      buildTimeout: 3_600_000,
      targets: { generate: 'docker-generate', build: 'docker-build', push: 'docker-push', matrix: 'docker-matrix' },
    });
  });

  it('accepts folders with and without `./` and trailing slashes', () => {
    expect(resolveOptions({ outputDir: './images/', templatesRoot: 'templates/' })).toMatchObject({
      outputDir: 'images',
      templatesRoot: 'templates',
    });
  });

  it('names every invalid option, with what was found', () => {
    const options = { outputDir: '../elsewhere', engine: 'dokcer', buildTimeout: 0, maxParallel: 1.5, colour: 'red' };
    expect(() => resolveOptions(options as never)).toThrow(
      /"colour" is not an option.*"outputDir" is "\.\.\/elsewhere".*"engine" is "dokcer".*"buildTimeout" is 0.*"maxParallel" is 1\.5/s,
    );
  });

  it.each([
    [{ outputDirs: 'x' }, '"outputDirs" is not an option; did you mean "outputDir"?'],
    [{ colour: 'red' }, '"colour" is not an option; there are outputDir, templatesRoot, version, prefix, engine,'],
    [{ pushTargetName: '' }, '"pushTargetName" is "", but must be a text that is not empty'],
    [{ prefix: { 'a/manifest.yml': 1 } }, '"prefix" is {"a/manifest.yml":1}, but must be a text, or a map'],
    [{ insecureRegistries: ['a:1', 'https://b'] }, '"insecureRegistries" is ["a:1","https://b"], but must be a list'],
    ['docker', 'they are "docker", but must be an object'],
  ])('says what is wrong with %j', (options, message) => {
    expect(() => resolveOptions(options as never)).toThrow(message);
  });

  it('accepts lists for build secrets', () => {
    expect(resolveOptions(undefined).buildSecrets).toEqual({ env: [], folders: [] });
    const buildSecrets = { env: ['PIP_TOKEN'], folders: ['~', '~/.netrc', '/run/secrets', '../shared', 'keys'] };
    expect(resolveOptions({ buildSecrets }).buildSecrets).toEqual(buildSecrets);
    expect(resolveOptions({ buildSecrets: { env: ['A'] } }).buildSecrets).toEqual({ env: ['A'], folders: [] });
  });

  it.each([
    [null],
    ['PIP_TOKEN'],
    [['PIP_TOKEN']],
    [{ env: 'PIP_TOKEN' }],
    [{ env: ['$PIP_TOKEN'] }],
    [{ env: ['*'] }],
    [{ folders: [''] }],
    [{ folders: ['$HOME/.netrc'] }],
    [{ folders: ['${HOME}'] }],
    [{ folders: ['~root/.netrc'] }],
    [{ folders: [1] }],
    [{ files: ['a'] }],
  ])('rejects %j for build secrets', (buildSecrets) => {
    expect(() => resolveOptions({ buildSecrets } as never)).toThrow(
      /"buildSecrets" is .*, but must be lists of names of variables and of folders, such as/,
    );
  });
});
