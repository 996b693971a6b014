import { cloudToken, onAgents } from './agents.ts';
import {
  engineSteps,
  ghcr,
  machines,
  mainEnvironment,
  packages,
  platformVariables,
  puttingEnvironment,
  requiringStaging,
  stagesInGhcr,
  usesGhcr,
  cloudVariables,
} from './github-staging-steps.ts';
import {
  environment,
  environmentOf,
  ghcrLogin,
  job,
  onPullRequest,
  onPush,
  prepare,
  readOnly,
  run,
  shas,
  type Environment,
  type Step,
} from './github-steps.ts';
import { reportSteps } from './github-tests.ts';
import { buildTargets, runAffected, runNightlyAlone, type CiPlan } from './plan.ts';
import { credentials, readName, stagingVariables, isTestedWhereBuilt, type StagingPlan } from './staging-plan.ts';

/*
 * The jobs of GitHub's workflows for images with staging. Pull requests read it; the jobs `stage` and `nightly` put images
 * there, and do not have the logins of repositories; the jobs that push build nothing.
 */

/** What the workflow needs to be given, as lines of a comment. */
export function secretsOf(plan: CiPlan, staging: StagingPlan): string[] {
  const names = Object.keys(
    puttingEnvironment({ ...plan, buildVariables: staging.repositoryVariables }, staging).env ?? {},
  );
  const own = names.filter((name) => name !== 'GITHUB_TOKEN');
  const read = [...credentials(staging), cloudToken].filter((name) => own.includes(name)).map(readName);
  return [
    ...(own.length > 0
      ? [`Secrets of the environment "${mainEnvironment}"; let only the main branch deploy to it: ${own.join(', ')}`]
      : []),
    ...(read.length > 0 ? [`Secrets of a login that reads staging, for pull requests: ${read.join(', ')}`] : []),
  ];
}

/** A pull request: what it affects is built, with a login that only reads. */
export function stagedBuildJob(plan: CiPlan, staging: StagingPlan): object {
  const secrets = readingEnvironment(plan, staging);
  const tested = isTestedWhereBuilt(plan, staging);
  const targets = tested ? buildTargets(plan) : plan.targets.build;
  const lines = runAffected(plan, targets, staging.unstaged);
  return job({
    needs: 'check',
    if: onPullRequest,
    permissions: { ...readOnly, actions: 'read', ...packages(usesGhcr(plan, staging) && 'read') },
    ...machines(plan, staging),
    steps: [
      ...prepare(plan),
      shas(plan),
      ...engineSteps(plan, staging, false),
      ...run('Build', onAgents(plan, lines, namesOf(secrets)), secrets),
      ...(tested ? reportSteps(plan) : []),
    ],
  });
}

/** The main branch: what is affected is built into staging. */
export function stageJob(plan: CiPlan, staging: StagingPlan): object {
  const secrets = puttingEnvironment(plan, staging);
  const lines = runAffected(plan, plan.targets.build, staging.unstaged);
  return job({
    needs: 'check',
    if: onPush,
    environment: mainEnvironment,
    permissions: { ...readOnly, actions: 'read', ...packages(usesGhcr(plan, staging) && 'write') },
    ...machines(plan, staging),
    steps: [
      ...prepare(plan),
      shas(plan),
      ...engineSteps(plan, staging, true),
      ...run('Build', requiringStaging(onAgents(plan, lines, namesOf(secrets)), staging), secrets),
    ],
  });
}

/** Tests what is staged, joined from its platforms, and keeps the passes in staging. */
export function testJobs(plan: CiPlan, staging: StagingPlan): object {
  const { test } = plan.targets;
  if (test === undefined) return {};
  return { test: testJob(plan, staging, 'stage', [shas(plan)], runAffected(plan, test, staging.unstaged)) };
}

function testJob(
  plan: CiPlan,
  staging: StagingPlan,
  needs: string,
  since: readonly Step[],
  lines: readonly string[],
): object {
  return job({
    needs,
    environment: mainEnvironment,
    permissions: {
      ...readOnly,
      actions: 'read',
      ...packages(stagesInGhcr(staging) ? 'write' : usesGhcr(plan, staging) && 'read'),
    },
    ...machines(plan, { ...staging, platforms: [] }, platformVariables(staging)),
    steps: [
      ...prepare(plan),
      ...since,
      ...engineSteps(plan, { ...staging, platforms: [] }, false),
      ...run(
        'Test',
        requiringStaging(lines, staging),
        environment([...plan.buildVariables, ...stagingVariables(staging)]),
      ),
      ...reportSteps(plan),
    ],
  });
}

/** Copies from staging to the repositories. */
export function stagedPushJob(plan: CiPlan, staging: StagingPlan): object {
  const [line = ''] = runAffected({ ...plan, shards: 1 }, plan.targets.push, staging.unstaged);
  return pushJob(plan, staging, {
    needs: 'stage',
    test: 'test',
    since: true,
    line: `${line} --exclude-task-dependencies`,
  });
}

/**
 * The nightly rebuild on one machine for each platform: a shared parent that two machines rebuild would replace that of the
 * other, and what was built on it would count no more.
 */
export function stagedNightlyJobs(plan: CiPlan, staging: StagingPlan): object {
  const { branch, targets } = plan;
  const rebuild = runNightlyAlone(plan, targets.build, staging.unstaged);
  const push = runNightlyAlone(plan, targets.push, staging.unstaged, ' --exclude-task-dependencies');
  return {
    nightly: job({
      needs: 'locks',
      if: `needs.locks.outputs.unlocked == 'true' && github.ref == 'refs/heads/${branch}'`,
      environment: mainEnvironment,
      permissions: { ...readOnly, ...packages(usesGhcr(plan, staging) && 'write') },
      ...machines({ ...plan, shards: 1 }, staging, { IMAGE_REFRESH: '1' }),
      steps: [
        ...prepare(plan),
        ...engineSteps(plan, staging, true),
        ...run('Build', requiringStaging([rebuild], staging), puttingEnvironment(plan, staging)),
      ],
    }),
    ...(plan.targets.test !== undefined && {
      'nightly-test': testJob(
        { ...plan, shards: 1 },
        staging,
        'nightly',
        [],
        [runNightlyAlone(plan, plan.targets.test, staging.unstaged)],
      ),
    }),
    'nightly-push': pushJob(plan, staging, { needs: 'nightly', test: 'nightly-test', since: false, line: push }),
  };
}

interface Push {
  needs: string;
  /** The job with the tests, if there are some. An image that has failed them is not pushed, and the others are. */
  test: string;
  /** Whether it pushes what has changed. */
  since: boolean;
  line: string;
}

function pushJob(plan: CiPlan, staging: StagingPlan, { needs, test, since, line }: Push): object {
  const hasLogins = staging.pushLogins.includes(ghcr);
  const pushesThere = hasLogins || staging.repositoryVariables.includes('GITHUB_TOKEN');
  // An index that is joined from platforms is put into staging, too.
  const uses = stagesInGhcr(staging) && (staging.platforms.length > 0 ? 'write' : 'read');
  const variables = [...stagingVariables(staging), ...staging.repositoryVariables];
  return job({
    needs: plan.targets.test === undefined ? needs : [needs, test],
    ...(plan.targets.test !== undefined && { if: `\${{ !cancelled() && needs.${needs}.result == 'success' }}` }),
    environment: mainEnvironment,
    permissions: {
      ...readOnly,
      ...(since && { actions: 'read' }),
      ...packages(pushesThere ? 'write' : uses),
    },
    ...(staging.platforms.length > 0 && { env: platformVariables(staging) }),
    steps: [
      ...prepare(plan),
      ...(since ? [shas(plan)] : []),
      ...(hasLogins || staging.ownLogins.includes(ghcr) ? [ghcrLogin] : []),
      { name: 'Push', ...environment(variables), run: line },
    ],
  });
}

function namesOf({ env = {} }: Environment): string[] {
  return Object.keys(env);
}

/** Secrets of a login that only reads. Where there are none, as in a fork, there is no staging. */
function readingEnvironment(plan: CiPlan, staging: StagingPlan): Environment {
  const readable = (name: string): string => `secrets.${name === 'GITHUB_TOKEN' ? name : readName(name)}`;
  const known = credentials(staging);
  const conditions = staging.logins.flatMap(({ onlyIf, password }): [string, string][] => {
    if (onlyIf === undefined || known.includes(onlyIf)) return [];
    const condition = `secrets.${onlyIf}`;
    return [[onlyIf, password === undefined ? condition : `${readable(password)} && ${condition}`]];
  });
  return environmentOf([
    ...plan.buildVariables.map((name): [string, string] => [name, `secrets.${name}`]),
    ...[...known, ...cloudVariables(plan)].map((name): [string, string] => [name, readable(name)]),
    ...conditions,
  ]);
}
