import { stringify } from 'yaml';
import { runAffected, runNightly, runPromote, type CiPlan } from './plan.ts';

/** Actions by major tag; `--pin` puts digests in their place. */
const actions = {
  checkout: 'actions/checkout@v5',
  node: 'actions/setup-node@v5',
  pnpm: 'pnpm/action-setup@v4',
  bun: 'oven-sh/setup-bun@v2',
  // Knows the last successful run of the main branch, so that nothing is lost when one fails.
  shas: 'nrwl/nx-set-shas@v4',
  login: 'docker/login-action@v3',
};

type Step = Record<string, unknown>;

const readOnly = { contents: 'read' };
/** `actions` is for nx-set-shas. */
const readAll = { contents: 'read', actions: 'read', packages: 'read' };
const publish = { contents: 'read', actions: 'read', packages: 'write' };

/** Paths and texts of the workflows. */
export function githubWorkflows(plan: CiPlan): Record<string, string> {
  return {
    '.github/workflows/images.yml': text(
      'What a change affects is built on pull requests, and pushed on the main branch.',
      changesWorkflow(plan),
    ),
    ...(plan.nightly.length > 0 && {
      '.github/workflows/images-nightly.yml': text(
        'Builds images anew on the newest base images, fills the build cache and pushes.',
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
        permissions: readAll,
        ...machines(plan),
        env: environment(plan, plan.buildVariables),
        steps: [
          ...prepare(plan),
          shas(plan),
          ...cacheSteps(plan, false),
          ...run('Build', runAffected(plan, plan.targets.build)),
        ],
      }),
      push: job({
        needs: 'check',
        if: push,
        permissions: publish,
        ...machines(plan),
        env: environment(plan, [...plan.buildVariables, ...plan.pushVariables]),
        steps: [
          ...prepare(plan),
          shas(plan),
          ...cacheSteps(plan, true),
          ...run('Push', runAffected(plan, plan.targets.push)),
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
        permissions: { contents: 'read', packages: 'write' },
        ...machines(plan),
        env: { ...environment(plan, [...plan.buildVariables, ...plan.pushVariables]), IMAGE_REFRESH: '1' },
        steps: [...prepare(plan), ...cacheSteps(plan, true), ...run('Push', runNightly(plan))],
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
      permissions: { contents: 'read', packages: 'write' },
      env: environment(plan, plan.pushVariables),
      steps: [...prepare(plan), { name: 'Move the floating tags', run: runPromote(plan).join('\n') }],
    }),
  };
}

function machines({ chunks }: CiPlan): object {
  if (chunks === 1) return {};
  const chunk = Array.from({ length: chunks }, (_, index) => index + 1);
  return { strategy: { 'fail-fast': false, matrix: { chunk } } };
}

/** The runner sets its own GITHUB_ variables, and gives GITHUB_TOKEN only when asked. */
function environment({ chunks }: CiPlan, variables: readonly string[]): Record<string, string> | undefined {
  const entries = [
    ...(chunks > 1 ? [['CHUNK', `\${{ matrix.chunk }}/${chunks}`]] : []),
    ...[...new Set(variables)]
      .filter((name) => name === 'GITHUB_TOKEN' || !name.startsWith('GITHUB_'))
      .map((name) => [name, `\${{ secrets.${name} }}`]),
  ];
  return entries.length > 0 ? (Object.fromEntries(entries) as Record<string, string>) : undefined;
}

function prepare(plan: CiPlan): Step[] {
  const { packageManager, nodeVersionFile } = plan;
  return [
    { uses: actions.checkout, with: { 'fetch-depth': 0, 'persist-credentials': false } },
    ...(packageManager === 'pnpm' ? [{ uses: actions.pnpm }] : []),
    ...(packageManager === 'bun' ? [{ uses: actions.bun }] : []),
    {
      uses: actions.node,
      with: {
        ...(nodeVersionFile ? { 'node-version-file': nodeVersionFile } : { 'node-version': 22 }),
        ...(packageManager !== 'bun' && { cache: packageManager }),
      },
    },
    { name: 'Install', run: plan.install.join('\n') },
  ];
}

function shas({ branch }: CiPlan): Step {
  return { uses: actions.shas, with: { 'main-branch-name': branch } };
}

function cacheSteps({ cache }: CiPlan, write: boolean): Step[] {
  if (cache === 'none') return [];
  const repository = cache ?? 'ghcr.io/${GITHUB_REPOSITORY,,}/build-cache';
  const names = ['IMAGE_CACHE_FROM', ...(write ? ['IMAGE_CACHE_TO'] : [])];
  const login = {
    uses: actions.login,
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

function run(name: string, lines: readonly string[]): Step[] {
  const [first = '', second] = lines;
  if (second === undefined) return [{ name, run: first }];
  return [
    { name: "Choose this machine's images", run: first },
    { name, run: second },
  ];
}

function text(what: string, workflow: object): string {
  const body = stringify(workflow, { lineWidth: 0, aliasDuplicateObjects: false });
  return `# ${what}\n# Made by "nx g nx-image-matrix:ci"; run it again after a change of the manifest's repositories.\n${body}`;
}
