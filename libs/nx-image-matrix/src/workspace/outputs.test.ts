import { artifactsIn, preferBuilds, producersOf, type ProjectTargets } from './outputs.ts';

function made(name: string, root: string, targets: ProjectTargets['targets']): ProjectTargets {
  return { name, root, targets };
}

const projects = [
  made('root', '.', { build: { outputs: ['{workspaceRoot}/dist/site'] }, site: { outputs: ['{projectRoot}/out'] } }),
  made('api', 'apps/api', {
    bundle: { outputs: ['{workspaceRoot}/dist/{projectRoot}', '!{workspaceRoot}/dist/{projectRoot}/maps'] },
    docs: { outputs: ['{options.outputPath}', '{options.missing}/x'], options: { outputPath: 'dist/docs/api' } },
    serve: { outputs: ['{workspaceRoot}/dist/apps/api'], continuous: true },
  }),
  made('shared', 'packages/shared', {
    build: { outputs: ['{projectRoot}/dist/**/*.{js,d.ts}', '{projectRoot}/dist/tsconfig.tsbuildinfo'] },
    typecheck: { outputs: ['{projectRoot}/dist/**/*.d.ts'] },
  }),
  made('web', 'apps/web', { build: {}, test: {} }),
  made('parts', 'apps/parts', {
    css: { outputs: ['{workspaceRoot}/build/all/css'] },
    js: { outputs: ['{workspaceRoot}/build/all/js'] },
  }),
  made('more', 'apps/more', { html: { outputs: ['{workspaceRoot}/build/all/html'] } }),
  made('image', 'docker/app', { generate: { executor: 'nx-image-matrix:generate', outputs: ['{projectRoot}/x'] } }),
];

describe('producersOf', () => {
  it.each<[path: string, what: string, producers: string[]]>([
    ['dist/apps/api', 'the output itself', ['api:bundle']],
    ['dist/apps/api/main.js', 'a file in an output', ['api:bundle']],
    ['dist/apps/api/maps/main.map', 'a file that outputs leave out', []],
    ['dist/docs/api/index.html', 'a folder that an option names', ['api:docs']],
    ['packages/shared/dist', 'outputs with wildcards, of which build is one', ['shared:build']],
    ['packages/shared/dist/index.js', 'a file that a wildcard may match', ['shared:build']],
    ['apps/web/dist', 'a build whose outputs nothing declares', ['web:build']],
    ['dist/apps/web', 'the other default of such a build', ['web:build']],
    ['build/all', 'outputs in the copied folder, of two projects', ['parts:css', 'parts:js', 'more:html']],
    ['build/*/css', 'a wildcard', ['parts:css']],
    ['dist/site/m.js', 'a project at the root', ['root:build']],
    ['out/m.js', 'an output at the root', ['root:site']],
    ['docker/app/x', 'a generated file', []],
    ['dist/apps/apis', 'a name that only begins alike', []],
  ])('finds those of %s: %s', (path, _, expected) => {
    expect(producersOf(path, projects).map(({ project, target }) => `${project}:${target}`)).toEqual(expected);
  });
});

describe('artifactsIn', () => {
  const artifacts = (folder: string): string[] =>
    preferBuilds(artifactsIn(folder, projects)).map(({ project, target, path }) => `${project}:${target} ${path}`);

  it.each<[folder: string, what: string, artifacts: string[]]>([
    [
      'packages/shared',
      'what build makes there',
      ['shared:build packages/shared/dist', 'shared:build packages/shared/dist/tsconfig.tsbuildinfo'],
    ],
    [
      'packages',
      'what is made in a folder below',
      ['shared:build packages/shared/dist', 'shared:build packages/shared/dist/tsconfig.tsbuildinfo'],
    ],
    [
      'apps/web',
      'what a build makes that declares nothing',
      ['web:build apps/web/dist', 'web:build apps/web/build', 'web:build apps/web/public'],
    ],
    [
      'build/all',
      'what several make',
      ['parts:css build/all/css', 'parts:js build/all/js', 'more:html build/all/html'],
    ],
    ['packages/shared/dist', 'the rest of what is made', ['shared:build packages/shared/dist/tsconfig.tsbuildinfo']],
    ['docker', 'nothing that images are generated into', []],
    ['packages/share', 'nothing of a name that only begins alike', []],
  ])('finds in %s %s', (folder, _, expected) => expect(artifacts(folder)).toEqual(expected));

  it('omits targets that only check', () => {
    const targets = {
      test: { outputs: ['{projectRoot}/coverage'] },
      'e2e-ci--a': { outputs: ['{projectRoot}/report'] },
      testing: { outputs: ['{projectRoot}/out'] },
      bundle: { outputs: ['{projectRoot}/bundle/**/*'] },
    };
    expect(artifactsIn('app', [{ name: 'app', root: 'app', targets }])).toEqual([
      { project: 'app', target: 'testing', path: 'app/out' },
      { project: 'app', target: 'bundle', path: 'app/bundle' },
    ]);
  });
});
