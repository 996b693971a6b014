import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';
import { registry, registryDigest, removeImages, uniquePrefix } from '../support/engine.ts';
import { smallMatrixFor } from '../support/matrices.ts';
import { Workspace } from '../support/workspace.ts';

interface Workflow {
  jobs: Record<string, { env?: Record<string, string>; steps: { name?: string; run?: string }[] }>;
}

describe('the workflows that the generator writes, as shell scripts', () => {
  const prefix = uniquePrefix();
  const repository = `nx-image-matrix-test/${prefix}app`;
  const cache = `${registry}/nx-image-matrix-test/${prefix}cache`;
  let workspace: Workspace;

  beforeAll(() => {
    const matrix = smallMatrixFor(`${registry}/${repository}`);
    const files = {
      ...matrix,
      'manifest.yml': `${matrix['manifest.yml']}release_types: { base: { tests: [tests.yaml] }, runtime: { tests: [tests.yaml] } }\n`,
      'tests.yaml':
        'schemaVersion: 2.0.0\nfileContentTests: [{ name: distro, path: /distro, expectedContents: ["{{ distro.id }}"] }]\n',
    };
    workspace = new Workspace({ files, plugin: { prefix } });
    workspace.nxOk(`g nx-image-matrix:ci --provider=both --shards=2 --cache=${cache} --no-interactive`);
    workspace.nxOk('run-many -t docker-generate');
    workspace.commit('images and workflows');
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  /** The steps of a job in order, on each of its two machines; the installation has already been done. */
  function runGithub(file: string, name: string, environment: Record<string, string>): string {
    const job = (parse(workspace.read(`.github/workflows/${file}`)) as Workflow).jobs[name]!;
    const lines = job.steps.flatMap(({ name: step, run }) => (run && step !== 'Install' ? [run] : []));
    return [1, 2]
      .map((shard) => {
        const own = Object.entries(job.env ?? {}).filter(([, value]) => !value.includes('secrets.'));
        const variables = own.map(([key, value]) => [key, value.replace('${{ matrix.shard }}', String(shard))]);
        return script(lines, { ...Object.fromEntries(variables), ...environment });
      })
      .join('\n');
  }

  function runGitlab(name: string, environment: Record<string, string>): string {
    const jobs = parse(workspace.read('.gitlab/ci/images.yml')) as Record<string, { script: string[] }>;
    return ['1', '2']
      .map((index) => script(jobs[name]!.script, { CI_NODE_INDEX: index, CI_NODE_TOTAL: '2', ...environment }))
      .join('\n');
  }

  /** Like a runner: each text is a script that stops at its first error, and passes `GITHUB_ENV` to the next. */
  function script(lines: readonly string[], environment: Record<string, string>): string {
    const { options } = workspace.nxCommand('--version');
    const text = lines
      .map((line) => `${line}\nset -a; [ ! -f dist/github-env ] || . ./dist/github-env; set +a`)
      .join('\n');
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', `mkdir -p dist\n${text}`], {
      ...options,
      env: {
        ...options.env,
        GITHUB_ENV: 'dist/github-env',
        GITHUB_STEP_SUMMARY: 'dist/summary',
        CI: 'true',
        ...environment,
      },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${lines.join('\n')}\nended with ${status}:\n${stdout}${stderr}`);
    return stdout + stderr;
  }

  it('build on a pull request what it affects, each image on one machine', () => {
    workspace.edit('templates/devel.Dockerfile.liquid', 'echo devel', 'echo changed');
    workspace.nxOk('run-many -t docker-generate');
    workspace.commit('a pull request');
    runGithub('images.yml', 'check', {});
    const output = runGithub('images.yml', 'build', { NX_BASE: 'HEAD~1', NX_HEAD: 'HEAD' });
    expect(output).toContain('shard 1/2: 1 of 1 images');
    expect(output).toContain('shard 2/2: 0 of 1 images');
    expect(output).toContain(`${prefix}app:devel-slim built`);
    expect(output).not.toContain('runtime built');
  });

  it('refuse a pull request whose generated files are stale', () => {
    workspace.edit('templates/devel.Dockerfile.liquid', 'echo changed', 'echo stale');
    expect(() => runGithub('images.yml', 'check', {})).toThrow(/out of sync/);
    workspace.reset();
  });

  it('push on the main branch what is affected, and fill the build cache', async () => {
    workspace.edit('tools/app/entrypoint.sh', 'app on', 'the app on');
    workspace.commit('a change on the main branch');
    const output = runGithub('images.yml', 'push', { NX_BASE: 'HEAD~1', NX_HEAD: 'HEAD', PUSH_TO: 'yes' });
    expect(output).toContain(`${prefix}app:1.2.3-slim-runtime passed 1 tests`);
    expect(workspace.read('dist/summary')).toContain(`| ${prefix}app-debian12-runtime | 1 | 0 | 0 |\n`);
    expect(workspace.read('dist/docker/app/debian12/runtime/test.xml')).toContain('failures="0"');
    expect(await registryDigest(repository, '1.2.3-slim-runtime')).toMatch(/^sha256:/);
    expect(await registryDigest(repository, '1.2.3-slim13-runtime')).toMatch(/^sha256:/);
    expect(await registryDigest(repository, 'devel-slim')).toBeUndefined();
    expect(await registryDigest(`nx-image-matrix-test/${prefix}cache`, `${prefix}app-debian12-runtime`)).toMatch(
      /^sha256:/,
    );
  });

  it('rebuild up-to-date images at night, and push them', async () => {
    const output = runGithub('images-nightly.yml', 'nightly', { PUSH_TO: 'yes' });
    expect(output).toContain(`${prefix}app:base-slim built`);
    expect(output).toContain(`${prefix}app:devel-slim built`);
    expect(await registryDigest(repository, 'devel-slim')).toMatch(/^sha256:/);
  });

  it('do the same on GitLab, where a first push has no previous commit', () => {
    const zero = '0'.repeat(40);
    const output = runGitlab('images:push', { NX_BASE: zero, NX_HEAD: 'HEAD', PUSH_TO: 'yes' });
    expect(output).toMatch(/shard 1\/2: \d of 5 images/);
    expect(runGitlab('images:build', { NX_BASE: 'HEAD', NX_HEAD: 'HEAD' })).toContain('shard 1/2: 0 of 0 images');
  });
});
