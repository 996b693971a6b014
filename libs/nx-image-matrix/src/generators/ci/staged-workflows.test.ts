import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';
import {
  basesOf,
  checked,
  isGithubWorkflow,
  isGitlabPipeline,
  plan,
  type Step,
  type Workflow,
} from '../../../test/support/ci-plans.ts';
import { agentFiles, checkAgents } from './agents.ts';
import { readRunners } from './check-options.ts';
import { githubWorkflows } from './github.ts';
import { gitlabPipeline } from './gitlab.ts';
import { pinKnownActions } from './pin.ts';
import type { CiPlan } from './plan.ts';
import { stagingPlan, type StagingFacts } from './staging-plan.ts';

const hub = {
  onlyIf: 'HUB_PASSWORD',
  user: 'HUB_USERNAME',
  password: 'HUB_PASSWORD',
  registry: { app: 'docker.io/acme/app' },
};
const manifest = (change: Partial<StagingFacts> = {}): StagingFacts => ({
  staging: {
    repository: 'docker.io/acme/staging',
    onlyIf: 'STAGING_PASSWORD',
    user: 'STAGING_USERNAME',
    password: 'STAGING_PASSWORD',
  },
  repositories: [hub],
  output: 'docker',
  images: [{ platforms: [] }],
  ...change,
});
const two = { images: [{ platforms: ['linux/arm64', 'linux/amd64'] }, { platforms: [] }] };
const ghcr: Partial<StagingFacts> = {
  staging: { repository: 'ghcr.io/acme/staging', user: 'GITHUB_ACTOR', password: 'GITHUB_TOKEN' },
};
const open: Partial<StagingFacts> = { staging: { repository: 'ghcr.io/acme/staging' } };

function staged(manifests: StagingFacts[], change: Partial<CiPlan> = {}): CiPlan {
  return {
    ...plan,
    promote: ['images:docker-promote'],
    buildVariables: ['PIP_TOKEN'],
    pushVariables: ['HUB_PASSWORD', 'HUB_USERNAME', 'STAGING_USERNAME', 'STAGING_PASSWORD'],
    staging: stagingPlan(manifests),
    ...change,
  };
}

const mixed = [manifest(), { ...manifest({ staging: undefined }), output: "it's $(x)/docker" }];
const plans: [string, CiPlan][] = [
  ['on one machine', staged([manifest()])],
  ['on four machines', staged([manifest()], { shards: 4 })],
  ['for two platforms', staged([manifest(two)])],
  ['for two platforms, on four machines', staged([manifest(two)], { shards: 4 })],
  ['for a platform that no runner has', staged([manifest({ images: [{ platforms: ['linux/arm/v7'] }] })])],
  ['in ghcr.io, with the token of GitHub', staged([manifest(ghcr)], { cache: 'none' })],
  ["with the engine's own login", staged([manifest(open)], { cache: 'none' })],
  ['of one manifest of two', staged(mixed, { bases: [basesOf(''), basesOf("it's $(x)/")], shards: 2 })],
  ['on agents', staged([manifest()], { agents: 3 })],
  ['with tests and scans', staged([manifest()], { targets: checked, shards: 2 })],
  ['for two platforms, with tests and scans', staged([manifest(two)], { targets: checked })],
  [
    'of one manifest of two, with tests and scans',
    staged(mixed, { targets: checked, bases: [basesOf(''), basesOf("it's $(x)/")] }),
  ],
  ['without a night', staged([manifest()], { nightly: [], promote: [], cache: 'none' })],
];

const jobsOf = (of: CiPlan): Workflow['jobs'] =>
  (parse(githubWorkflows(of)['.github/workflows/images.yml']!) as Workflow).jobs;
const nightlyOf = (of: CiPlan): Workflow['jobs'] =>
  (parse(githubWorkflows(of)['.github/workflows/images-nightly.yml']!) as Workflow).jobs;

interface GitlabJob {
  stage: string;
  tags?: string[];
  services?: unknown[];
  parallel?: number | { matrix: Record<string, unknown>[] };
  rules: { if: string }[];
  variables?: Record<string, string>;
  before_script: string[];
  script: string[];
}
const pipelineOf = (of: CiPlan): Record<string, GitlabJob> => parse(gitlabPipeline(of)) as Record<string, GitlabJob>;

/** The secrets of a step. */
const secretsIn = (step: Step): string[] =>
  [...new Set([...JSON.stringify(step).matchAll(/secrets\.(\w+)/g)].map(([, name]) => name!))].sort();
const secretsOf = (job: Workflow['jobs'][string]): string[] => [...new Set(job.steps.flatMap(secretsIn))].sort();

describe('workflows with staging', () => {
  it.each(plans)('are valid, %s', (_, of) => {
    for (const text of Object.values(pinKnownActions(githubWorkflows(of)))) {
      isGithubWorkflow(parse(text));
      expect(isGithubWorkflow.errors).toBeNull();
      for (const line of text.match(/uses: .*/g) ?? []) expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
    isGitlabPipeline(parse(gitlabPipeline(of)));
    expect(isGitlabPipeline.errors).toBeNull();
  });

  it.each(plans)('let no pull request write, %s', (_, of) => {
    for (const job of Object.values(jobsOf(of)).filter((each) => each.if === "github.event_name == 'pull_request'")) {
      expect(Object.values(job.permissions)).not.toContain('write');
      expect(job.environment).toBeUndefined();
      const allowed = new Set([
        'GITHUB_TOKEN',
        'NX_CLOUD_ACCESS_TOKEN_READ',
        'PIP_TOKEN',
        'STAGING_PASSWORD_READ',
        'STAGING_USERNAME_READ',
      ]);
      expect(secretsOf(job).filter((name) => !allowed.has(name))).toEqual([]);
      expect(JSON.stringify(job)).not.toContain('IMAGE_CACHE_TO');
    }
  });

  it.each(plans)('give secrets to the main branch alone, in one step of each job, %s', (_, of) => {
    for (const jobs of [jobsOf(of), nightlyOf(of)]) {
      for (const [name, { environment, steps }] of Object.entries(jobs)) {
        const withLogins = steps.filter((step) =>
          secretsIn(step).some((secret) => /^(HUB|STAGING)_\w+D$/.test(secret)),
        );
        expect(withLogins.length).toBeLessThanOrEqual(1);
        const main = !['check', 'build', 'build-unstaged', 'locks', 'refresh', 'request'].includes(name);
        expect([name, environment]).toEqual([name, main ? 'images' : undefined]);
        for (const { run = '' } of steps) expect(run).not.toContain('${{');
      }
    }
  });

  it('give each job of GitHub what it needs', () => {
    const jobs = jobsOf(staged([manifest()]));
    expect(Object.keys(jobs)).toEqual(['check', 'build', 'stage', 'push', 'promote']);
    expect(Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, secretsOf(job)]))).toEqual({
      check: [],
      build: ['GITHUB_TOKEN', 'PIP_TOKEN', 'STAGING_PASSWORD_READ', 'STAGING_USERNAME_READ'],
      stage: ['GITHUB_TOKEN', 'PIP_TOKEN', 'STAGING_PASSWORD', 'STAGING_USERNAME'],
      push: ['HUB_PASSWORD', 'HUB_USERNAME', 'STAGING_PASSWORD', 'STAGING_USERNAME'],
      promote: ['HUB_PASSWORD', 'HUB_USERNAME'],
    });
    expect(jobs['build']!.steps.at(-1)!.env).toMatchObject({
      STAGING_PASSWORD: '${{ secrets.STAGING_PASSWORD_READ }}',
      STAGING_USERNAME: '${{ secrets.STAGING_USERNAME_READ }}',
    });
    expect(jobs['build']!.env).toEqual({ IMAGE_LOAD: 'false' });
    expect(jobs['stage']!.env).toEqual({ IMAGE_LOAD: 'false' });
    expect(jobs['stage']!.steps.at(-1)!.run).toMatch(/\nnpx nx affected -t docker-build$/);
    expect(jobs['push']).toMatchObject({ needs: 'stage' });
    expect(jobs['push']!.steps.at(-1)!.run).toBe('npx nx affected -t docker-push --exclude-task-dependencies');
    expect(jobs['promote']).toMatchObject({ needs: 'push' });
  });

  it('test what is staged before they push it, and push what has passed', () => {
    for (const [jobs, test, before] of [
      [jobsOf(staged([manifest(two)], { targets: checked })), 'test', 'stage'],
      [nightlyOf(staged([manifest(two)], { targets: checked })), 'nightly-test', 'nightly'],
    ] as const) {
      const push = jobs[test.replace('test', 'push')]!;
      expect(jobs[test]).toMatchObject({ needs: before, environment: 'images' });
      expect(jobs[test]!.env).toEqual({ DOCKER_DEFAULT_PLATFORM: 'linux/amd64', IMAGE_LOAD: 'false' });
      expect(secretsOf(jobs[test]!)).not.toContain('HUB_PASSWORD');
      expect(jobs[test]!.steps.find(({ name }) => name === 'Test')!.run).toContain('-t docker-test');
      expect(push.needs).toEqual([before, test]);
      expect(push.if).toBe(`\${{ !cancelled() && needs.${before}.result == 'success' }}`);
    }
    const pipeline = pipelineOf(staged([manifest()], { targets: checked }));
    expect(pipeline['stages']).toEqual(['check', 'images', 'test', 'push', 'promote', 'scan']);
    expect(pipeline['images:test']).toMatchObject({ stage: 'test', allow_failure: true });
    expect(pipeline['images:test']!.script).toContain('unset HUB_PASSWORD HUB_USERNAME');
  });

  it('test in a pull request what one machine has built as a whole', () => {
    const last = (of: CiPlan): string | undefined => {
      const build = jobsOf(of)['build']!.steps.find(({ name }) => name === 'Build');
      return build?.run?.split('\n').at(-1);
    };
    expect(last(staged([manifest()], { targets: checked }))).toBe('npx nx affected -t docker-build,docker-test');
    for (const of of [
      staged([manifest(two)], { targets: checked }),
      staged([manifest()], { targets: checked, agents: 2 }),
    ]) {
      expect(last(of)).toBe('npx nx affected -t docker-build');
    }
  });

  it('name the secrets in the first lines of the files', () => {
    const of = staged([manifest()]);
    const text = githubWorkflows(of)['.github/workflows/images.yml']!;
    expect(text).toContain(
      '# Secrets of the environment "images"; let only the main branch deploy to it: ' +
        'HUB_PASSWORD, HUB_USERNAME, STAGING_PASSWORD, STAGING_USERNAME\n',
    );
    expect(text).toContain(
      '# Secrets of a login that reads staging, for pull requests: STAGING_USERNAME_READ, STAGING_PASSWORD_READ\n',
    );
    const pipeline = gitlabPipeline(of);
    expect(pipeline).toContain('# CI/CD variables of pushes; mask and protect them, and the main branch: HUB_');
    expect(pipeline).toContain(
      '# CI/CD variables that put images into staging; mask and protect them: STAGING_PASSWORD, STAGING_USERNAME\n',
    );
    expect(pipeline).toContain('for merge requests; mask them: STAGING_USERNAME_READ, STAGING_PASSWORD_READ\n');
  });

  it('use packages of GitHub as far as a job needs them', () => {
    const packagesOf = (of: CiPlan) =>
      Object.fromEntries(Object.entries(jobsOf(of)).map(([name, { permissions }]) => [name, permissions['packages']]));
    expect(packagesOf(staged([manifest()], { cache: 'none' }))).toEqual({});
    expect(packagesOf(staged([manifest()]))).toEqual({ build: 'read', stage: 'write' });
    expect(packagesOf(staged([manifest(ghcr)], { cache: 'none' }))).toEqual({
      build: 'read',
      stage: 'write',
      push: 'read',
    });
    expect(packagesOf(staged([manifest({ ...ghcr, ...two })]))['push']).toBe('write');
    const token = { user: 'GITHUB_ACTOR', password: 'GITHUB_TOKEN', registry: { app: 'ghcr.io/acme/app' } };
    expect(packagesOf(staged([manifest({ repositories: [token] })], { cache: 'none' }))).toEqual({
      push: 'write',
      promote: 'write',
    });
    const logsIn = (job: Workflow['jobs'][string]) => job.steps.some(({ uses }) => uses?.includes('login-action'));
    const jobs = jobsOf(staged([manifest(open)], { cache: 'none' }));
    expect(Object.keys(jobs).filter((name) => logsIn(jobs[name]!))).toEqual(['build', 'stage', 'push']);
    expect(packagesOf(staged([manifest(open)], { cache: 'none' }))).toEqual({
      build: 'read',
      stage: 'write',
      push: 'read',
    });
    const own = { registry: { app: 'ghcr.io/acme/app' } };
    expect(jobsOf(staged([manifest({ repositories: [own] })], { cache: 'none' }))['push']!.permissions).toMatchObject({
      packages: 'write',
    });
  });

  it('build each platform on its own processor, and images without one in one job', () => {
    const of = staged([manifest(two)], { shards: 2 });
    for (const name of ['build', 'stage']) {
      const job = jobsOf(of)[name]!;
      expect(job['runs-on']).toBe('${{ matrix.runner }}');
      expect(job.strategy!.matrix).toEqual({
        shard: [1, 2],
        platform: ['linux/amd64', 'linux/arm64'],
        include: [
          { platform: 'linux/amd64', runner: 'ubuntu-24.04' },
          { platform: 'linux/arm64', runner: 'ubuntu-24.04-arm' },
        ],
      });
      expect(job.env).toEqual({
        SHARD: '${{ matrix.shard }}/2',
        IMAGE_PLATFORMS: '${{ matrix.platform }}',
        DOCKER_DEFAULT_PLATFORM: 'linux/amd64',
        IMAGE_LOAD: 'false',
      });
    }
    expect(jobsOf(of)['push']!.env).toEqual({ DOCKER_DEFAULT_PLATFORM: 'linux/amd64' });
    const stage = pipelineOf(of)['images:stage']!;
    expect(stage.tags).toEqual(['$RUNNER']);
    expect(stage.parallel).toEqual({
      matrix: [
        {
          IMAGE_PLATFORMS: 'linux/amd64',
          RUNNER: 'saas-linux-small-amd64',
          SHARD: ['1/2', '2/2'],
        },
        {
          IMAGE_PLATFORMS: 'linux/arm64',
          RUNNER: 'saas-linux-small-arm64',
          SHARD: ['1/2', '2/2'],
        },
      ],
    });
    expect(stage.script.join('\n')).not.toContain('CI_NODE_INDEX');
  });

  it.each<[string, string[][], string[]]>([
    ['none is named', [[], []], []],
    ['only the usual one is named', [['linux/x86_64'], []], []],
    ['another one is named once', [['linux/aarch64']], ['linux/arm64']],
    ['some name another one', [['linux/arm64'], []], ['linux/amd64', 'linux/arm64']],
    ['several are in one text', [['linux/arm64,linux/amd64']], ['linux/amd64', 'linux/arm64']],
  ])('have jobs for platforms as images need them: %s', (_, platforms, jobs) => {
    const of = stagingPlan([manifest({ images: platforms.map((each) => ({ platforms: each })) })]);
    expect(of!.platforms).toEqual(jobs);
  });

  it('emulate what no runner has, and use runners of the user', () => {
    const images = { images: [{ platforms: ['linux/arm/v7', 'linux/386', 'linux/riscv64'] }] };
    const usesQemu = (of: CiPlan) =>
      jobsOf(of)['stage']!.steps.some(({ uses }) => uses?.startsWith('docker/setup-qemu-action'));
    expect(usesQemu(staged([manifest(images)]))).toBe(true);
    expect(pipelineOf(staged([manifest(images)]))['images:stage']!.script[0]).toContain('tonistiigi/binfmt');
    expect(usesQemu(staged([manifest(two)]))).toBe(false);
    const runners = readRunners(['linux/arm/v7=my-pi', 'linux/riscv64=x:y']);
    expect(runners).toEqual({ 'linux/arm/v7': 'my-pi', 'linux/riscv64': 'x:y' });
    const of = staged([manifest(images)], { runners });
    expect(usesQemu(of)).toBe(false);
    expect(jobsOf(of)['stage']!.strategy!.matrix['include']).toEqual([
      { platform: 'linux/386', runner: 'ubuntu-24.04' },
      { platform: 'linux/arm/v7', runner: 'my-pi' },
      { platform: 'linux/riscv64', runner: 'x:y' },
    ]);
  });

  it.each(['linux/arm64', 'linux/arm64=', '=x', 'linux/arm64=a b', 'linux/arm64=${{ x }}', 'linux/$(x)=y'])(
    'are not written with --runners=%s',
    (value) => {
      expect(() => readRunners([value])).toThrow(`--runners has ${JSON.stringify(value)}, but must be`);
    },
  );

  it('leave images of manifests without staging to jobs that build what they push', () => {
    const of = staged(mixed, { bases: [basesOf(''), basesOf("it's $(x)/")] });
    const jobs = jobsOf(of);
    expect(Object.keys(jobs)).toEqual([
      'check',
      'build',
      'stage',
      'push',
      'build-unstaged',
      'push-unstaged',
      'promote',
    ]);
    const lastOf = (name: string) => jobs[name]!.steps.at(-1)!.run;
    expect(lastOf('build')).toBe("npx nx affected -t docker-build --exclude='directory:it?s???x?/docker/**'");
    expect(lastOf('push')).toBe(
      "npx nx affected -t docker-push --exclude='directory:it?s???x?/docker/**' --exclude-task-dependencies",
    );
    expect(lastOf('push-unstaged')).toBe("npx nx affected -t docker-push --exclude='directory:docker/**'");
    expect(secretsOf(jobs['push-unstaged']!)).toEqual(['GITHUB_TOKEN', 'HUB_PASSWORD', 'HUB_USERNAME', 'PIP_TOKEN']);
    expect(jobs['promote']!.needs).toEqual(['push', 'push-unstaged']);
    const nightly = nightlyOf(of);
    expect(Object.keys(nightly)).toContain('nightly-unstaged');
    expect(nightly['nightly']!.steps.at(-1)!.run).toContain(
      'npx nx run-many -t docker-build -p "tag:type:base,tag:type:devel,!directory:it?s???x?/docker/**$locked"',
    );
    expect(Object.keys(pipelineOf(of))).toEqual(expect.arrayContaining(['images:stage', 'images:push-unstaged']));
  });

  it('rebuild at night on one machine for each platform, on the main branch, and push afterwards', () => {
    const jobs = nightlyOf(staged([manifest(two)], { shards: 4 }));
    const { nightly } = jobs;
    expect(nightly!.strategy!.matrix).not.toHaveProperty('shard');
    expect(nightly!.env).toMatchObject({ IMAGE_REFRESH: '1', IMAGE_LOAD: 'false' });
    expect(nightly!.if).toContain("github.ref == 'refs/heads/main'");
    expect(secretsOf(nightly!)).not.toContain('HUB_PASSWORD');
    expect(jobs['nightly-push']).toMatchObject({ needs: 'nightly' });
    expect(jobs['nightly-push']!.env).not.toHaveProperty('IMAGE_REFRESH');
    expect(jobs['nightly-push']!.steps.at(-1)!.run).toBe(
      'npx nx run-many -t docker-push -p "tag:type:base,tag:type:devel" --exclude-task-dependencies',
    );
    const pipeline = pipelineOf(staged([manifest()], { shards: 4 }));
    expect(pipeline['images:nightly']!.parallel).toBeUndefined();
    expect(pipeline['images:nightly']!.rules.at(-1)!.if).toContain('$CI_COMMIT_BRANCH == "main"');
    expect(pipeline['images:nightly-push']).toMatchObject({ stage: 'push', services: [] });
  });

  it('switch staging off for a pull request without its login', () => {
    const staging = { repository: 'docker.io/acme/staging', onlyIf: 'STAGING', password: 'PW', user: 'USER_NAME' };
    expect(jobsOf(staged([manifest({ staging })]))['build']!.steps.at(-1)!.env).toMatchObject({
      PW: '${{ secrets.PW_READ }}',
      STAGING: '${{ secrets.PW_READ && secrets.STAGING }}',
    });
    const set = { repository: 'docker.io/acme/staging', onlyIf: 'CI' };
    expect(jobsOf(staged([manifest({ staging: set })]))['build']!.steps.at(-1)!.env).toEqual({
      PIP_TOKEN: '${{ secrets.PIP_TOKEN }}',
    });
  });

  it('are not made if pull requests would read with the login of something else', () => {
    const other = { ...hub, password: 'STAGING_PASSWORD_READ' };
    expect(() => stagingPlan([manifest({ repositories: [other] })])).toThrow('STAGING_PASSWORD_READ, which a manifest');
  });

  it('have nothing new without staging', () => {
    expect(stagingPlan([manifest({ staging: undefined })])).toBeUndefined();
  });
});

describe('the scripts of GitLab', () => {
  const shown = ['HUB_USERNAME', 'HUB_PASSWORD', 'STAGING_USERNAME', 'STAGING_PASSWORD', 'PIP_TOKEN'];
  const print = shown.map((name) => `echo "${name}=\${${name}-unset}"`);

  /** What the last line of a job would see, with the lines that run Nx, git and docker left out. */
  function seenBy(of: CiPlan, name: string, environment: Record<string, string>): string[] {
    const lines = pipelineOf(of)[name]!.script.filter((line) => !/^(git|npx|printf|projects|if \[ -s)/.test(line));
    const { stdout, status, stderr } = spawnSync('sh', ['-e', '-c', [...lines, ...print].join('\n')], {
      env: { PATH: process.env['PATH'], ...environment },
      encoding: 'utf8',
    });
    return status === 0 ? stdout.trim().split('\n') : [stderr.trim()];
  }
  const all = {
    HUB_USERNAME: 'hub',
    HUB_PASSWORD: 'hub-password',
    STAGING_USERNAME: 'writer',
    STAGING_PASSWORD: 'may-write',
    PIP_TOKEN: 'pip',
  };
  const reading = { STAGING_USERNAME_READ: 'reader', STAGING_PASSWORD_READ: 'may-read' };

  it.each<[string, Record<string, string>, string[]]>([
    [
      'images:build',
      { ...all, ...reading },
      [
        'HUB_USERNAME=unset',
        'HUB_PASSWORD=unset',
        'STAGING_USERNAME=reader',
        'STAGING_PASSWORD=may-read',
        'PIP_TOKEN=pip',
      ],
    ],
    [
      'images:build',
      all,
      ['HUB_USERNAME=unset', 'HUB_PASSWORD=unset', 'STAGING_USERNAME=', 'STAGING_PASSWORD=', 'PIP_TOKEN=pip'],
    ],
    [
      'images:stage',
      all,
      [
        'HUB_USERNAME=unset',
        'HUB_PASSWORD=unset',
        'STAGING_USERNAME=writer',
        'STAGING_PASSWORD=may-write',
        'PIP_TOKEN=pip',
      ],
    ],
    ['images:stage', {}, ['STAGING_PASSWORD is not set: without it there is no staging, and nothing to push.']],
    [
      'images:promote',
      all,
      [
        'HUB_USERNAME=hub',
        'HUB_PASSWORD=hub-password',
        'STAGING_USERNAME=unset',
        'STAGING_PASSWORD=unset',
        'PIP_TOKEN=pip',
      ],
    ],
  ])('of %s with %j leave %j', (name, environment, seen) => {
    expect(seenBy(staged([manifest()]), name, environment)).toEqual(seen);
  });

  it('keep a login that is that of staging, too', () => {
    const same = manifest({
      staging: { repository: 'docker.io/acme/staging', user: 'HUB_USERNAME', password: 'HUB_PASSWORD' },
    });
    expect(seenBy(staged([same]), 'images:stage', all)).toContain('HUB_PASSWORD=hub-password');
    expect(seenBy(staged([same]), 'images:build', { ...all, HUB_PASSWORD_READ: 'r' })).toContain('HUB_PASSWORD=r');
    expect(seenBy(staged([same]), 'images:promote', all)).toContain('HUB_PASSWORD=hub-password');
  });

  it('switch staging off for a merge request without its login', () => {
    const staging = {
      repository: 'r.io/staging',
      onlyIf: 'PIP_TOKEN',
      user: 'STAGING_USERNAME',
      password: 'STAGING_PASSWORD',
    };
    const of = staged([manifest({ staging })]);
    expect(seenBy(of, 'images:build', all)).toContain('PIP_TOKEN=unset');
    expect(seenBy(of, 'images:build', { ...all, ...reading })).toContain('PIP_TOKEN=pip');
  });

  it('read the registry of the project with a deploy token in merge requests, never with the job token', () => {
    const own = pipelineOf(staged([manifest(open)]));
    expect(own['images:build']!.script.join('\n')).not.toContain('CI_REGISTRY_PASSWORD');
    expect(own['images:build']!.script.join('\n')).toContain('"$CI_DEPLOY_PASSWORD" | docker login');
    for (const name of ['images:stage', 'images:push']) expect(own[name]!.script[0]).toContain('CI_REGISTRY_PASSWORD');
    const project = { repository: 'r.io/staging', user: 'CI_REGISTRY_USER', password: 'CI_REGISTRY_PASSWORD' };
    expect(pipelineOf(staged([manifest({ staging: project })]))['images:build']!.script).toContain(
      'export CI_REGISTRY_USER="${CI_DEPLOY_USER:-}" CI_REGISTRY_PASSWORD="${CI_DEPLOY_PASSWORD:-}"',
    );
  });

  it('install without any variable of staging', () => {
    expect(pipelineOf(staged([manifest()]))['.images']!.before_script.at(-1)).toContain(
      '-u STAGING_USERNAME -u STAGING_PASSWORD -u STAGING_USERNAME_READ -u STAGING_PASSWORD_READ -u IMAGE_REFRESH_TOKEN npm ci',
    );
  });
});

describe('Nx Agents', () => {
  const agents = staged([manifest()], { agents: 3 });
  const build =
    'npx nx start-ci-run --distribute-on=.nx/workflows/image-distribution.yaml ' +
    '--with-env-vars=IMAGE_LOAD,PIP_TOKEN,STAGING_PASSWORD,STAGING_USERNAME --stop-agents-after=docker-build\n' +
    'npx nx affected -t docker-build';

  it('are described in files that Nx Cloud reads', () => {
    const files = agentFiles(agents);
    expect(Object.keys(files)).toEqual(['.nx/workflows/image-agents.yaml', '.nx/workflows/image-distribution.yaml']);
    expect(parse(files['.nx/workflows/image-agents.yaml']!)).toMatchObject({
      'launch-templates': { 'image-builder': { env: { IMAGE_LOAD: 'false' } } },
    });
    expect(parse(files['.nx/workflows/image-distribution.yaml']!)).toEqual({
      'distribute-on': { default: '3 image-builder' },
      'assignment-rules': [{ targets: ['docker-build'], 'run-on': [{ agent: 'image-builder', parallelism: 1 }] }],
    });
    expect(agentFiles(staged([manifest()]))).toEqual({});
  });

  it('get the variables of the step that builds, but for the token of the cloud', () => {
    const { build: reading, stage, push } = jobsOf(agents);
    for (const job of [reading, stage]) {
      const { run, env } = job!.steps.at(-1)!;
      expect(run!.endsWith(build)).toBe(true);
      expect(Object.keys(env!).sort()).toEqual([
        'NX_CLOUD_ACCESS_TOKEN',
        'PIP_TOKEN',
        'STAGING_PASSWORD',
        'STAGING_USERNAME',
      ]);
    }
    expect(JSON.stringify(reading)).toContain('secrets.NX_CLOUD_ACCESS_TOKEN_READ }}');
    expect(JSON.stringify(stage)).toContain('secrets.NX_CLOUD_ACCESS_TOKEN }}');
    expect(JSON.stringify(push)).not.toContain('NX_CLOUD');
  });

  it('are started by GitLab as well, for merge requests with a token that only reads', () => {
    const { 'images:build': reading, 'images:stage': stage } = pipelineOf(agents);
    expect(reading!.script.at(-1)).toBe(build);
    expect(reading!.script).toContain('export NX_CLOUD_ACCESS_TOKEN="${NX_CLOUD_ACCESS_TOKEN_READ:-}"');
    expect(stage!.script.at(-1)).toBe(build);
    expect(stage!.script.join()).not.toContain('ACCESS_TOKEN_READ');
  });

  it.each<[why: string, of: CiPlan]>([
    ['Leave out --shards', staged([manifest()], { agents: 2, shards: 2 })],
    ['Add `staging` to the manifest', { ...agents, staging: undefined }],
    ['Add `user` and `pwd`', staged([manifest(open)], { agents: 2 })],
    ['(linux/amd64, linux/arm64) is built on machines of its own', staged([manifest(two)], { agents: 2 })],
  ])('are refused: %s', (why, of) => {
    expect(() => checkAgents(of)).toThrow(why);
  });
});
