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

  it('accepts a mirror for each registry', () => {
    expect(resolveOptions(undefined).mirrors).toEqual({});
    const mirrors = {
      'docker.io': 'mirror.example/dockerhub',
      'quay.io': 'localhost:5000',
      'r:5000': '10.0.0.1:5000/x',
    };
    expect(resolveOptions({ mirrors }).mirrors).toEqual(mirrors);
  });

  it.each([
    [null],
    ['mirror.example'],
    [['mirror.example']],
    [{ 'docker.io': 1 }],
    [{ 'docker.io': '' }],
    [{ 'docker.io': 'https://mirror.example' }],
    [{ 'docker.io': 'file:///etc/passwd' }],
    [{ 'docker.io': 'user:password@mirror.example' }],
    [{ 'docker.io': 'mirror' }],
    [{ 'docker.io': 'mirror.example/../x' }],
    [{ 'https://docker.io': 'mirror.example' }],
    [{ 'docker.io/library': 'mirror.example' }],
    [{ docker: 'mirror.example' }],
    [JSON.parse('{"__proto__": "mirror.example"}')],
    [{ constructor: 'mirror.example' }],
  ])('rejects %j for mirrors', (mirrors) => {
    expect(() => resolveOptions({ mirrors } as never)).toThrow(
      /"mirrors" is .*, but must be a map from registry to mirror, both without a scheme, such as/,
    );
  });
});
