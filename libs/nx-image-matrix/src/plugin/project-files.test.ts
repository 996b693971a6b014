import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveOptions } from '../options/resolve-options.ts';
import { projectFileProblems } from './project-files.ts';

const { targets } = resolveOptions(undefined);
const root = 'docker/app/debian12/runtime';
const parent = { projects: ['app-debian12-base'], target: 'docker-build' };
const project = {
  name: 'app-debian12-runtime',
  root,
  namedInputs: { image: ['{workspaceRoot}/src'], imageBuild: [] },
  targets: {
    'docker-generate': { executor: 'nx-image-matrix:generate', inputs: [], options: { digest: '1' } },
    'docker-build': { executor: 'nx-image-matrix:build', dependsOn: ['docker-generate', parent], inputs: ['image'] },
    'docker-push': { executor: 'nx-image-matrix:push', dependsOn: ['docker-build'], inputs: ['image'] },
  },
};

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'project-files-'));
  mkdirSync(join(workspace, root), { recursive: true });
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

async function found(file: string, content: unknown, spreads = true): Promise<string[]> {
  writeFileSync(
    join(workspace, root, file),
    typeof content === 'string' ? content : JSON.stringify(content, undefined, 2),
  );
  const problems = await projectFileProblems(workspace, [project], targets, () => spreads);
  return problems.map(({ file: at, line, severity, message }) => {
    expect(severity).toBe('error');
    return `${at.slice(root.length + 1)}:${line} ${/`[^`]*`|the script|would replace the target/.exec(message)![0]}`;
  });
}

const withTarget = (target: unknown, name = 'docker-build'): object => ({ targets: { [name]: target } });

describe('a project.json next to an image', () => {
  it.each([
    ['dependsOn', withTarget({ dependsOn: ['^build'] }), '`dependsOn`'],
    ['an empty dependsOn', withTarget({ dependsOn: [] }, 'docker-push'), '`dependsOn`'],
    ['inputs', withTarget({ inputs: ['default'] }), '`inputs`'],
    ['the cache', withTarget({ cache: true }), '`cache`'],
    ['the digest', withTarget({ options: { digest: '2' } }, 'docker-generate'), '`options`'],
    ['another executor', withTarget({ executor: 'nx:noop' }), 'would replace the target'],
    ['a command', withTarget({ command: 'docker build .' }, 'docker-push'), 'would replace the target'],
    ['a part of dependsOn', withTarget({ dependsOn: ['docker-generate', 'lint'] }), '`dependsOn`'],
  ])('that would replace what a target needs is an error: %s', async (_, content, problem) => {
    expect(await found('project.json', content)).toEqual([`project.json:3 ${problem}`]);
  });

  it('is an error if it replaces the named inputs of the targets', async () => {
    const content = { namedInputs: { image: ['default'], production: ['default'], imageBuild: ['...', 'default'] } };
    expect(await found('project.json', content)).toEqual(['project.json:3 `namedInputs.image`']);
  });

  it('may have comments', async () => {
    const text = '{\n  // ours\n  "targets": { "docker-build": { "cache": true, }, },\n}\n';
    expect(await found('project.json', text)).toEqual(['project.json:3 `cache`']);
  });

  it.each([
    ['further targets', { targets: { scan: { command: 'true', dependsOn: ['docker-build'] } } }],
    ['what is added', withTarget({ dependsOn: ['...', '^build'], inputs: ['...', 'default'] })],
    ['what comes before "..." in a target', withTarget({ dependsOn: [], '...': true })],
    ['harmless keys', withTarget({ parallelism: false, options: { force: true }, cache: false })],
    ['our executor', withTarget({ executor: 'nx-image-matrix:build' })],
    ['a target that this project does not have', withTarget({ command: 'true' }, 'docker-matrix')],
    ['what is not JSON', '{'],
    ['targets of another kind', { targets: ['docker-build'] }],
  ])('is allowed with %s', async (_, content) => {
    expect(await found('project.json', content)).toEqual([]);
  });

  it('may repeat the whole list, which Nx before 23 requires', async () => {
    expect(await found('project.json', withTarget({ dependsOn: ['...', 'lint'] }), false)).toHaveLength(1);
    const repeated = withTarget({ dependsOn: ['lint', parent, 'docker-generate'] });
    expect(await found('project.json', repeated, false)).toEqual([]);
  });
});

describe('a package.json next to an image', () => {
  it('counts by its `nx` section', async () => {
    expect(await found('package.json', { name: 'a', nx: withTarget({ inputs: [] }) })).toEqual([
      'package.json:5 `inputs`',
    ]);
    expect(await found('package.json', { name: 'a', targets: { 'docker-build': { cache: true } } })).toEqual([]);
  });

  it('counts by its scripts, unless Nx leaves them out', async () => {
    const scripts = { 'docker-push': 'docker push', start: 'node .' };
    expect(await found('package.json', { scripts })).toEqual(['package.json:3 the script']);
    expect(await found('package.json', { scripts, nx: { includedScripts: ['start'] } })).toEqual([]);
  });
});
