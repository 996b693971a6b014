import { parse } from 'yaml';
import {
  basesOf,
  checked,
  isGithubWorkflow as github,
  isGitlabPipeline as gitlab,
  manager,
  plan,
  type Step,
  type Workflow,
} from '../../../test/support/ci-plans.ts';
import { checkOptions } from './check-options.ts';
import { githubWorkflows } from './github.ts';
import { gitlabPipeline } from './gitlab.ts';
import { pinKnownActions } from './pin.ts';
import type { CiPlan } from './plan.ts';

const plans: [string, Partial<CiPlan>][] = [
  ['as they are by default', {}],
  ['on four machines', { shards: 4 }],
  [
    'with floating tags and build secrets',
    { promote: ['images:docker-promote', 'sub-images:docker-promote'], buildVariables: ['PIP_TOKEN'] },
  ],
  ['without a night and a cache', { nightly: [], cache: 'none' }],
  ['with tests and scans', { targets: checked, buildVariables: ['PIP_TOKEN'] }],
  ['with tests and scans on two machines', { targets: checked, shards: 2, nightly: [] }],
  ['with two manifests', { bases: [basesOf(''), basesOf('sub/')] }],
  ['with pnpm and .nvmrc', { ...manager('pnpm'), nodeVersionFile: '.nvmrc' }],
  ['with yarn 1', manager('yarn')],
  ['with yarn 4', manager('yarn', { isBerry: true })],
  ['with bun and a cache elsewhere', { ...manager('bun'), cache: 'registry.acme.io/cache' }],
];

interface GitlabJob {
  script: string[];
  artifacts?: object;
}

/** The workflows of each plan above, as written. */
const workflows = plans.flatMap(([what, change]) =>
  Object.entries(pinKnownActions(githubWorkflows({ ...plan, ...change }))).map(
    ([path, text]): [string, Workflow, string] => [`${path} ${what}`, parse(text) as Workflow, text],
  ),
);

/** The secrets of the plans above that a step may have. */
function mayHave(job: string, { name = '', uses = '' }: Step): string[] {
  if (uses.startsWith('docker/login-action@')) return ['GITHUB_TOKEN'];
  if (job === 'build') return name === 'Build' ? ['PIP_TOKEN'] : [];
  if (job === 'scan') return name === 'Scan' ? ['PIP_TOKEN'] : name === 'Upload the findings' ? ['GITHUB_TOKEN'] : [];
  if (name === 'Open the pull request') return ['IMAGE_REFRESH_TOKEN', 'GITHUB_TOKEN'];
  return ['Push', 'Move the floating tags'].includes(name) ? ['PIP_TOKEN', 'HUB_PASSWORD', 'HUB_USERNAME'] : [];
}

describe('the workflows', () => {
  it.each(plans)('of GitHub are valid, %s', (_, change) => {
    for (const text of Object.values(githubWorkflows({ ...plan, ...change }))) {
      github(parse(text));
      expect(github.errors).toBeNull();
    }
  });

  it.each(plans)('of GitLab are valid, %s', (_, change) => {
    gitlab(parse(gitlabPipeline({ ...plan, ...change })));
    expect(gitlab.errors).toBeNull();
  });

  it('are rejected by the schemas if they are wrong', () => {
    expect(github({ on: 'push', jobs: { a: { 'runs-on': 'x', steps: [{ nonsense: 1 }] } } })).toBe(false);
    expect(gitlab({ a: { script: 1 } })).toBe(false);
  });

  it.each(workflows)('of %s have only the permissions that a job needs', (_, { permissions, jobs }, text) => {
    expect(permissions).toEqual({ contents: 'read' });
    const usesPackages = text.includes('ghcr.io/');
    for (const [name, job] of Object.entries(jobs)) {
      const writes = Object.keys(job.permissions).filter((key) => job.permissions[key] === 'write');
      const pushes = usesPackages && ['push', 'nightly'].includes(name) ? ['packages'] : [];
      const others: Record<string, string[]> = { request: ['contents', 'pull-requests'], scan: ['security-events'] };
      expect([name, writes]).toEqual([name, others[name] ?? pushes]);
    }
  });

  it('may write packages if GITHUB_TOKEN pushes them', () => {
    const own = {
      ...plan,
      cache: 'none',
      promote: ['images:docker-promote'],
      pushVariables: ['GITHUB_ACTOR', 'GITHUB_TOKEN'],
    };
    const { jobs } = parse(githubWorkflows(own)['.github/workflows/images.yml']!) as Workflow;
    for (const name of ['push', 'promote']) expect(jobs[name]!.permissions).toMatchObject({ packages: 'write' });
    expect(jobs['push']!.steps.at(-1)!.env).toEqual({ GITHUB_TOKEN: '${{ secrets.GITHUB_TOKEN }}' });
    expect(jobs['build']!.permissions).toEqual({ contents: 'read', actions: 'read' });
  });

  it.each(workflows)(
    'of %s use actions by their commits, and leave no credentials in the checkout',
    (_, { jobs }, text) => {
      const uses = Object.values(jobs).flatMap(({ steps }) => steps.filter((step) => step.uses !== undefined));
      for (const step of uses) expect(step.uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      for (const line of text.match(/uses: .*/g) ?? []) expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      for (const step of uses.filter((each) => each.uses!.startsWith('actions/checkout@'))) {
        expect(step.with).toMatchObject({ 'persist-credentials': false });
      }
    },
  );

  it.each(workflows)(
    'of %s give secrets only to the step that builds or pushes, and none as text',
    (_, workflow, text) => {
      expect(text).not.toContain('pull_request_target');
      expect(workflow.on).not.toHaveProperty('workflow_run');
      for (const [name, { env, steps }] of Object.entries(workflow.jobs)) {
        expect(JSON.stringify(env ?? {})).not.toContain('secrets');
        for (const step of steps) {
          // The title of a pull request must not be run, and a script must not contain a secret.
          expect(step.run ?? '').not.toContain('${{');
          const given = JSON.stringify(step).matchAll(/secrets\.(\w+)/g);
          const names = [...given].map(([, secret]) => secret!);
          expect(names.filter((secret) => !mayHave(name, step).includes(secret))).toEqual([]);
        }
      }
    },
  );

  it('give a pull request what builds need, but no registry credentials', () => {
    const change = { buildVariables: ['PIP_TOKEN'] };
    const { jobs } = parse(githubWorkflows({ ...plan, ...change })['.github/workflows/images.yml']!) as Workflow;
    const secrets = jobs['build']!.steps.flatMap(({ env }) => Object.keys(env ?? {}));
    expect(secrets).toEqual(['PIP_TOKEN']);
    expect(Object.keys(jobs['push']!.steps.at(-1)!.env!).sort()).toEqual(['HUB_PASSWORD', 'HUB_USERNAME', 'PIP_TOKEN']);
  });

  it('quote shell syntax', () => {
    const hostile = {
      ...plan,
      shards: 2,
      promote: ["a'$(x)-images:docker-promote"],
      shareTask: '$(curl x)-images:docker-matrix',
    };
    const { jobs } = parse(githubWorkflows(hostile)['.github/workflows/images.yml']!) as Workflow;
    const runs = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run = '' }) => run));
    expect(runs.join('\n')).toContain("npx nx run '$(curl x)-images:docker-matrix' --shard");
    expect(runs.join('\n')).toContain(String.raw`npx nx run 'a'\''$(x)-images:docker-promote'`);
  });

  it.each([
    ['branch', 'main"; x'],
    ['branch', '${{ github.head_ref }}'],
    ['cache', 'ghcr.io/a/$(x)'],
    ['cache', '${{ secrets.X }}'],
    ['nightly', 'tag:a" $(x)'],
    ['cron', '0 0 * * *\n'],
  ])('are not written with --%s=%j', (key, value) => {
    expect(() => checkOptions({ [key]: value })).toThrow(`--${key} is ${JSON.stringify(value)}, but must be `);
  });

  it('are written with common values', () => {
    const cache = [
      'none',
      'ghcr.io/acme/build-cache',
      'ghcr.io/${GITHUB_REPOSITORY,,}/c',
      '$CI_REGISTRY_IMAGE/c',
      'r:5000/c',
    ];
    for (const each of cache) expect(() => checkOptions({ cache: each })).not.toThrow();
    const others = { branch: 'release/1.x', nightly: 'tag:package:app,!x,*', cron: '17 3 * * 1-5' };
    expect(() => checkOptions(others)).not.toThrow();
  });

  it('let only the job write to the repository that runs nothing of the workspace', () => {
    const nightly = parse(githubWorkflows(plan)['.github/workflows/images-nightly.yml']!) as Workflow;
    const { steps, permissions } = nightly.jobs['request']!;
    expect(permissions).toEqual({ contents: 'write', 'pull-requests': 'write' });
    expect(steps.map(({ uses, name }) => uses?.replace(/@.*/, '') ?? name)).toEqual([
      'actions/checkout',
      'actions/download-artifact',
      'Open the pull request',
    ]);
    expect(steps.at(-1)!.run).not.toMatch(/\b(?:npx|npm|nx)\b(?!-)/);
    const { steps: before } = nightly.jobs['refresh']!;
    expect(before.filter(({ env }) => env !== undefined)).toEqual([]);
  });

  it('refresh locks of folders with any name', () => {
    const odd = "it's $(x), /";
    const hostile = { ...plan, bases: [basesOf(odd), basesOf('')] };
    const nightly = parse(githubWorkflows(hostile)['.github/workflows/images-nightly.yml']!) as Workflow;
    const runs = Object.values(nightly.jobs).flatMap(({ steps }) => steps.map(({ run = '' }) => run));
    expect(runs.join('\n')).toContain(
      String.raw`if [ -e 'it'\''s $(x), /images.lock' ]; then locked="$locked",'!directory:it?s???x???/docker/**'; fi`,
    );
    const pipeline = parse(gitlabPipeline(hostile)) as Record<string, { rules: { exists?: string[] }[] }>;
    expect(pipeline['images:refresh']!.rules[0]!.exists).toEqual(['it?s???x???/images.lock', 'images.lock']);
  });

  describe('of GitLab', () => {
    it('install without the variables of builds and pushes, and log in where the cache is used', () => {
      const text = gitlabPipeline({ ...plan, buildVariables: ['PIP_TOKEN'] });
      const jobs = parse(text) as Record<string, { before_script: string[]; script: string[] }>;
      expect(jobs['.images']!.before_script.at(-1)).toBe(
        'env -u PIP_TOKEN -u HUB_PASSWORD -u HUB_USERNAME -u IMAGE_REFRESH_TOKEN npm ci',
      );
      const withLogin = Object.keys(jobs).filter((name) => jobs[name]!.script?.join().includes('docker login'));
      expect(withLogin).toEqual(['images:build', 'images:push', 'images:nightly', 'images:refresh']);
      expect(text).toMatch(/# CI\/CD variables of pushes; mask and protect them.*: HUB_PASSWORD, HUB_USERNAME\n/);
      expect(text).toMatch(/# CI\/CD variables of builds; mask them.*: PIP_TOKEN\n/);
    });
  });

  describe('of images with tests and scans', () => {
    const jobsOf = (file: string, change: Partial<CiPlan> = {}): Workflow['jobs'] =>
      (parse(githubWorkflows({ ...plan, targets: checked, ...change })[`.github/workflows/${file}`]!) as Workflow).jobs;
    const stepsOf = (job: Workflow['jobs'][string] | undefined, name: string): Step[] =>
      job!.steps.filter((step) => step.name === name || step.uses?.startsWith(name));

    it('test before they push, and keep the reports even of tests that have failed', () => {
      const { build, push } = jobsOf('images.yml');
      const { nightly } = jobsOf('images-nightly.yml');
      expect(stepsOf(build, 'Build')[0]!.run).toBe('npx nx affected -t docker-build,docker-test');
      expect(stepsOf(push, 'Push')[0]!.run).toBe('npx nx affected -t docker-test,docker-push');
      expect(stepsOf(nightly, 'Push')[0]!.run).toContain('run-many -t docker-build,docker-test,docker-push ');
      for (const job of [build, push, nightly]) {
        for (const name of ['Show the results of tests', 'actions/upload-artifact@']) {
          expect(stepsOf(job, name)).toMatchObject([{ if: '${{ !cancelled() }}' }]);
        }
      }
      const [upload] = stepsOf(jobsOf('images.yml', { shards: 2 })['push'], 'actions/upload-artifact@');
      expect(upload!.with).toMatchObject({
        name: 'test-reports-${{ github.job }}-${{ matrix.shard }}',
        path: 'dist/**/test.xml',
      });
    });

    it('scan what was pushed, and all images at night, on the main branch alone', () => {
      const { scan } = jobsOf('images.yml');
      expect(scan).toMatchObject({ needs: 'push', if: "github.event_name == 'push'" });
      expect(stepsOf(scan, 'Scan')[0]!.run).toBe('npx nx affected -t docker-scan');
      const { scan: nightly } = jobsOf('images-nightly.yml', { shards: 4 });
      expect(nightly).toMatchObject({ needs: 'nightly', if: "${{ !cancelled() && github.ref == 'refs/heads/main' }}" });
      expect(stepsOf(nightly, 'Scan')[0]!.run).toBe('npx nx run-many -t docker-scan');
      expect(jobsOf('images-nightly.yml', { nightly: [] })['scan']).toMatchObject({ needs: 'locks' });
    });

    it('do neither without tests and scans', () => {
      const text = Object.values(githubWorkflows(plan)).join('') + gitlabPipeline(plan);
      expect(text).not.toMatch(/docker-test|docker-scan|test\.xml|scan\.sarif|security-events/);
    });

    it('give GitLab the reports of tests, and scan last', () => {
      const pipeline = parse(gitlabPipeline({ ...plan, targets: checked })) as Record<string, GitlabJob>;
      expect(pipeline['stages']).toEqual(['check', 'images', 'promote', 'scan']);
      for (const name of ['images:build', 'images:push', 'images:nightly']) {
        expect(pipeline[name]!.script.at(-1)).toContain('docker-test');
        expect(pipeline[name]!.artifacts).toEqual({
          when: 'always',
          paths: ['dist/**/test.xml'],
          reports: { junit: 'dist/**/test.xml' },
        });
      }
      expect(pipeline['images:scan']!.artifacts).toEqual({ when: 'always', paths: ['dist/**/scan.sarif'] });
      const { script } = pipeline['images:scan']!;
      expect(script[0]).toBe('sh .gitlab/ci/install-image-scanner.sh');
      expect(script).toContain('unset HUB_PASSWORD HUB_USERNAME');
      expect(script.at(-1)).toBe('npx nx affected -t docker-scan');
      expect(pipeline['images:nightly-scan']!.script.at(-1)).toBe('npx nx run-many -t docker-scan');
    });
  });

  it('promote last, when there are floating tags', () => {
    const { jobs } = parse(
      githubWorkflows({ ...plan, promote: ['images:docker-promote'] })['.github/workflows/images.yml']!,
    ) as Workflow;
    expect(jobs['promote']).toMatchObject({ needs: 'push' });
    expect(jobs['promote']!.steps.at(-1)!.run).toBe('npx nx run images:docker-promote');
  });
});
