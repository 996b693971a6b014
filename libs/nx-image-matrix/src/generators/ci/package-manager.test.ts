import { parse } from 'yaml';
import { githubWorkflows } from './github.ts';
import { gitlabPipeline } from './gitlab.ts';
import { packageManagerFacts, packageManagerPlan, type PackageManagerFacts } from './package-manager.ts';
import type { CiPlan } from './plan.ts';

/** The `uses` and `run` steps before Nx starts, in a workspace with these files. */
function stepsOf(name: PackageManagerFacts['name'], files: Record<string, string>) {
  const manager = packageManagerPlan(
    packageManagerFacts(
      name,
      (path) => files[path],
      () => '9.8.7',
    ),
  );
  const plan: CiPlan = {
    ...manager,
    branch: 'main',
    shards: 1,
    targets: { build: 'docker-build', push: 'docker-push' },
    shareTask: 'images:docker-matrix',
    promote: [],
    pushVariables: [],
    buildVariables: [],
    bases: [],
    nightly: [],
    cron: '17 3 * * *',
    cache: 'none',
  };
  const workflow = parse(githubWorkflows(plan)['.github/workflows/images.yml']!) as {
    jobs: Record<string, { steps: { uses?: string; run?: string; with?: object }[] }>;
  };
  const pipeline = parse(gitlabPipeline(plan)) as Record<string, { before_script: string[] }>;
  const github = workflow.jobs['check']!.steps.slice(1).map(({ uses, run, with: inputs }) => [
    uses?.replace(/@.*/, '') ?? run,
    ...(inputs ? [inputs] : []),
  ]);
  const lines = pipeline['.images']!.before_script.slice(1);
  return { github, gitlab: lines.map((line) => line.replace('env -u IMAGE_REFRESH_TOKEN ', '')) };
}

const list = (...files: Record<string, string>[]) => files;

describe('the jobs of a workspace', () => {
  const node = (cache: string) => ['actions/setup-node', { 'node-version': 22, cache }];

  it.each<
    [
      what: string,
      name: PackageManagerFacts['name'],
      files: Record<string, string>,
      github: unknown[],
      gitlab: string[],
    ]
  >([
    ['npm', 'npm', {}, [node('npm'), ['npm ci'], ['npx nx sync:check']], ['npm ci']],
    [
      'pnpm whose version nothing says',
      'pnpm',
      { 'package.json': '{}' },
      [
        ['pnpm/action-setup', { version: '9.8.7' }],
        node('pnpm'),
        ['pnpm install --frozen-lockfile'],
        ['pnpm exec nx sync:check'],
      ],
      ['npm install --global pnpm@9.8.7', 'pnpm install --frozen-lockfile'],
    ],
    ...[
      '{ "packageManager": "pnpm@10.1.0" }',
      '{ "devEngines": { "packageManager": { "name": "pnpm", "version": "10.1.0" } } }',
      '{ "devEngines": { "packageManager": [{ "name": "pnpm" }] } }',
    ].map((text): [string, 'pnpm', Record<string, string>, unknown[], string[]] => [
      `pnpm by ${text}`,
      'pnpm',
      { 'package.json': text },
      [['pnpm/action-setup'], node('pnpm'), ['pnpm install --frozen-lockfile'], ['pnpm exec nx sync:check']],
      ['npm install --global pnpm', 'pnpm install --frozen-lockfile'],
    ]),
    ...list(
      { 'package.json': '{}', 'yarn.lock': '# yarn lockfile v1\n' },
      { 'package.json': '{ "packageManager": "yarn@1.22.22" }', '.yarnrc.yml': '' },
    ).map((files): [string, 'yarn', Record<string, string>, unknown[], string[]] => [
      `yarn 1 by ${JSON.stringify(files)}`,
      'yarn',
      files,
      [node('yarn'), ['yarn install --frozen-lockfile'], ['yarn nx sync:check']],
      ['npm install --global yarn@1', 'yarn install --frozen-lockfile'],
    ]),
    ...list(
      { 'package.json': '{ "packageManager": "yarn@4.18.1" }' },
      { 'package.json': '{ "packageManager": "yarn@4.18.1+sha224.abc" }' },
      { 'package.json': '{ "packageManager": "yarn@10.0.0" }' },
      { 'package.json': '{}', '.yarnrc.yml': 'yarnPath: .yarn/releases/yarn-4.1.0.cjs\n' },
      { 'package.json': '{}', 'yarn.lock': '# This file is generated\n\n__metadata:\n  version: 8\n' },
    ).map((files): [string, 'yarn', Record<string, string>, unknown[], string[]] => [
      `yarn 2 and later by ${JSON.stringify(files)}`,
      'yarn',
      files,
      [['corepack enable'], node('yarn'), ['yarn install --immutable'], ['yarn nx sync:check']],
      ['npm install --global corepack', 'corepack enable', 'yarn install --immutable'],
    ]),
    [
      'bun',
      'bun',
      {},
      [
        ['oven-sh/setup-bun'],
        ['actions/setup-node', { 'node-version': 22, 'package-manager-cache': false }],
        ['bun install --frozen-lockfile'],
        ['bunx nx sync:check'],
      ],
      ['npm install --global bun', 'bun install --frozen-lockfile'],
    ],
  ])('with %s can start', (_, name, files, github, gitlab) => {
    expect(stepsOf(name, files)).toEqual({ github, gitlab });
  });
});
