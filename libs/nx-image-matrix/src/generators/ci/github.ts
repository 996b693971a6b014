import { stringify } from 'yaml';
import { actions } from './actions.ts';
import { runAffected, runNightly, runPromote, type CiPlan } from './plan.ts';

type Step = Record<string, unknown>;

const readOnly = { contents: 'read' };

/**
 * `actions` is for nx-set-shas. Packages are for the build cache and for pushes with GITHUB_TOKEN, if these are in
 * ghcr.io.
 */
function permissionsTo(plan: CiPlan, { push = false, since = false }): Record<string, string> {
  const usesCache = plan.cache !== 'none' && cacheRepository(plan).startsWith('ghcr.io/');
  const packages = push ? usesCache || plan.pushVariables.includes('GITHUB_TOKEN') : usesCache;
  return {
    ...readOnly,
    ...(since && { actions: 'read' }),
    ...(packages && { packages: push ? 'write' : 'read' }),
  };
}

/** Paths and texts of the workflows. */
export function githubWorkflows(plan: CiPlan): Record<string, string> {
  return {
    '.github/workflows/images.yml': text(
      'What a change affects is built on pull requests, and pushed on the main branch.',
      changesWorkflow(plan),
    ),
    ...(plan.nightly.length > 0 && {
      '.github/workflows/images-nightly.yml': text(
        'Rebuilds images on the newest base images, fills the build cache and pushes.',
        nightlyWorkflow(plan),
      ),
    }),
  };
}

function changesWorkflow(plan: CiPlan): object {
  const pullRequest = "github.event_name == 'pull_request'";
  const push = "github.event_name == 'push'";
  return {
    name: 'Images',
    on: { pull_request: { branches: [plan.branch] }, push: { branches: [plan.branch] } },
    permissions: readOnly,
    concurrency: {
      group: 'images-${{ github.workflow }}-${{ github.ref }}',
      'cancel-in-progress': `\${{ ${pullRequest} }}`,
    },
    jobs: {
      check: job({
        permissions: readOnly,
        steps: [...prepare(plan), { name: 'Check the generated files', run: `${plan.nx} sync:check` }],
      }),
      build: job({
        needs: 'check',
        if: pullRequest,
        permissions: permissionsTo(plan, { since: true }),
        ...machines(plan),
        steps: [
          ...prepare(plan),
          shas(plan),
          ...cacheSteps(plan, false),
          ...run('Build', runAffected(plan, plan.targets.build), plan.buildVariables),
        ],
      }),
      push: job({
        needs: 'check',
        if: push,
        permissions: permissionsTo(plan, { push: true, since: true }),
        ...machines(plan),
        steps: [
          ...prepare(plan),
          shas(plan),
          ...cacheSteps(plan, true),
          ...run('Push', runAffected(plan, plan.targets.push), allVariables(plan)),
        ],
      }),
      ...promoteJob(plan),
    },
  };
}

function nightlyWorkflow(plan: CiPlan): object {
  return {
    name: 'Images, nightly',
    on: { schedule: [{ cron: plan.cron }], workflow_dispatch: {} },
    permissions: readOnly,
    concurrency: { group: 'images-nightly', 'cancel-in-progress': false },
    jobs: {
      nightly: job({
        permissions: permissionsTo(plan, { push: true }),
        ...machines(plan, { IMAGE_REFRESH: '1' }),
        steps: [...prepare(plan), ...cacheSteps(plan, true), ...run('Push', runNightly(plan), allVariables(plan))],
      }),
    },
  };
}

function job(rest: Record<string, unknown>): object {
  return Object.fromEntries(
    Object.entries({ 'runs-on': 'ubuntu-latest', ...rest }).filter(([, value]) => value !== undefined),
  );
}

function promoteJob(plan: CiPlan): object {
  if (plan.promote.length === 0) return {};
  return {
    promote: job({
      needs: 'push',
      permissions: {
        ...readOnly,
        ...(plan.pushVariables.includes('GITHUB_TOKEN') && { packages: 'write' }),
      },
      steps: [
        ...prepare(plan),
        { name: 'Move the floating tags', ...environment(plan.pushVariables), run: runPromote(plan).join('\n') },
      ],
    }),
  };
}

/** The variables that are not secrets, including those for sharding. */
function machines({ shards }: CiPlan, variables: Record<string, string> = {}): object {
  const shard = Array.from({ length: shards }, (_, index) => index + 1);
  const env = { ...(shards > 1 && { SHARD: `\${{ matrix.shard }}/${shards}` }), ...variables };
  return {
    ...(shards > 1 && { strategy: { 'fail-fast': false, matrix: { shard } } }),
    ...(Object.keys(env).length > 0 && { env }),
  };
}

function allVariables({ buildVariables, pushVariables }: CiPlan): string[] {
  return [...buildVariables, ...pushVariables];
}

/**
 * Secrets for the one step that needs them: all other steps run install scripts and third-party actions. The runner
 * sets its own GITHUB_ variables, and passes GITHUB_TOKEN only on request.
 */
function environment(variables: readonly string[]): { env?: Record<string, string> } {
  const names = [...new Set(variables)].filter((name) => name === 'GITHUB_TOKEN' || !name.startsWith('GITHUB_'));
  if (names.length === 0) return {};
  return { env: Object.fromEntries(names.map((name) => [name, `\${{ secrets.${name} }}`])) };
}

function prepare(plan: CiPlan): Step[] {
  const { packageManager, packageManagerVersion, nodeVersionFile } = plan;
  return [
    { uses: actions.checkout.uses, with: { 'fetch-depth': 0, 'persist-credentials': false } },
    ...(packageManager === 'pnpm'
      ? [{ uses: actions.pnpm.uses, ...(packageManagerVersion && { with: { version: packageManagerVersion } }) }]
      : []),
    // setup-node runs yarn to find its cache, so yarn must be installed first.
    ...(packageManager === 'yarn-berry' ? [{ name: 'Use the yarn of package.json', run: 'corepack enable' }] : []),
    ...(packageManager === 'bun' ? [{ uses: actions.bun.uses }] : []),
    {
      uses: actions.node.uses,
      with: {
        ...(nodeVersionFile ? { 'node-version-file': nodeVersionFile } : { 'node-version': 22 }),
        ...(packageManager === 'bun' ? { 'package-manager-cache': false } : { cache: packageManager.split('-')[0] }),
      },
    },
    { name: 'Install', run: plan.install.join('\n') },
  ];
}

function shas({ branch }: CiPlan): Step {
  return { uses: actions.shas.uses, with: { 'main-branch-name': branch } };
}

function cacheSteps(plan: CiPlan, write: boolean): Step[] {
  if (plan.cache === 'none') return [];
  const repository = cacheRepository(plan);
  const names = ['IMAGE_CACHE_FROM', ...(write ? ['IMAGE_CACHE_TO'] : [])];
  const login = {
    uses: actions.login.uses,
    with: { registry: 'ghcr.io', username: '${{ github.actor }}', password: '${{ secrets.GITHUB_TOKEN }}' },
  };
  return [
    ...(repository.startsWith('ghcr.io/') ? [login] : []),
    {
      name: 'Use the build cache',
      run: names.map((name) => `echo "${name}=${repository}" >> "$GITHUB_ENV"`).join('\n'),
    },
  ];
}

function cacheRepository({ cache }: CiPlan): string {
  return cache ?? 'ghcr.io/${GITHUB_REPOSITORY,,}/build-cache';
}

function run(name: string, lines: readonly string[], variables: readonly string[]): Step[] {
  const [first = '', second] = lines;
  const secrets = environment(variables);
  if (second === undefined) return [{ name, ...secrets, run: first }];
  return [
    { name: "Choose this machine's images", run: first },
    { name, ...secrets, run: second },
  ];
}

function text(what: string, workflow: object): string {
  const body = stringify(workflow, { lineWidth: 0, aliasDuplicateObjects: false });
  return `# ${what}\n# Made by "nx g nx-image-matrix:ci"; run it again after a change of the manifest's repositories.\n${body}`;
}
