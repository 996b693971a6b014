import { resolveOptions } from '../options/resolve-options.ts';
import { targetsOf } from '../options/targets.ts';
import { targetDefaultsProblems } from './target-defaults.ts';

const { targets } = resolveOptions(undefined);

function found(targetDefaults: Record<string, unknown>, spreads = true): string[] {
  const text = () => JSON.stringify({ targetDefaults }, null, 2);
  return targetDefaultsProblems(targetDefaults as never, targets, { text, spreads: () => spreads }).map(({ message }) =>
    message.replace(/`([^`]*)` of `targetDefaults\["(.*)"\]` would .* target (.*) needs/, '$2 $1 $3'),
  );
}

describe('targetDefaults', () => {
  it.each([
    ['dependsOn', { 'docker-build': { dependsOn: ['build'] } }, ['docker-build dependsOn docker-build']],
    [
      'several keys',
      { 'docker-build': { dependsOn: [], cache: true, inputs: ['default'] } },
      ['docker-build cache docker-build', 'docker-build dependsOn docker-build', 'docker-build inputs docker-build'],
    ],
    ['the executor', { 'nx-image-matrix:push': { cache: true } }, ['nx-image-matrix:push cache docker-push']],
    [
      'a glob',
      { 'docker-{build,push}': { cache: true } },
      ['docker-{build,push} cache docker-build', 'docker-{build,push} cache docker-push'],
    ],
    [
      'a list of entries',
      { 'docker-push': [{ parallelism: false }, { filter: { projects: ['api'] }, dependsOn: [] }] },
      ['docker-push dependsOn docker-push'],
    ],
    [
      'outputs of generated files',
      { 'docker-generate': { outputs: ['{projectRoot}'] } },
      ['docker-generate outputs docker-generate'],
    ],
    ['the manifest', { 'docker-matrix': { options: { manifest: 'x' } } }, ['docker-matrix options docker-matrix']],
    ['a target that goes on', { 'docker-build': { continuous: true } }, ['docker-build continuous docker-build']],
  ])('that would replace what a target needs are errors: %s', (_, defaults, problems) => {
    expect(found(defaults).sort()).toEqual(problems);
  });

  it.each([
    ['other targets', { build: { dependsOn: ['^build'], cache: true }, docker: { cache: true } }],
    ['another executor', { 'docker-build': { executor: '@nx-tools/nx-container:build', dependsOn: ['build'] } }],
    ['a command', { 'docker-build': { command: 'docker build .', cache: true } }],
    ['a filter for another executor', { 'docker-build': [{ filter: { executor: 'a:b' }, dependsOn: [] }] }],
    ['a filter for another plugin', { 'docker-build': [{ filter: { plugin: '@nx/docker' }, cache: true }] }],
    ['lists that keep what is there', { 'docker-build': { dependsOn: ['...', 'lint'], inputs: ['...'] } }],
    ['harmless keys', { 'docker-build': { parallelism: false, configurations: { ci: {} }, options: { force: true } } }],
    ['the same cache', { 'docker-build': { cache: false }, 'docker-generate': { cache: true } }],
    ['an entry for the executor, which goes first', { 'docker-build': { cache: true }, 'nx-image-matrix:build': {} }],
    [
      'a name, which goes before a glob',
      { 'docker-*': { cache: true }, ...Object.fromEntries(targetsOf().map(([, { name }]) => [name, {}])) },
    ],
    ['nothing', {}],
  ])('are allowed if they do no harm: %s', (_, defaults) => {
    expect(found(defaults)).toEqual([]);
  });

  it('are errors if Nx does not support "..."', () => {
    expect(found({ 'docker-build': { dependsOn: ['...', 'lint'] } }, false)).toHaveLength(1);
  });

  it('are reported with their place and a fix', () => {
    const text = '{\n  "targetDefaults": {\n    "docker-build": { "cache": true }\n  }\n}\n';
    const [problem] = targetDefaultsProblems({ 'docker-build': { cache: true } }, targets, {
      text: () => text,
      spreads: () => true,
    });
    expect(problem).toMatchObject({ code: 'replaced-target', file: 'nx.json', line: 3, column: 5 });
    expect(problem!.hint).toContain('add `"nx-image-matrix:build": {}` to `targetDefaults`');
  });
});
