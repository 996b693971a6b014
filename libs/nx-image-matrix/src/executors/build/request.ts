import { join } from 'node:path';
import { BUILD_ID_LABEL, type BuildRequest, type BuildTarget } from '@nx-image-matrix/engine';
import type { BuildPlan } from '../../build-plan/plan.ts';
import { repositoryPasswords } from '../../repositories/passwords.ts';
import { buildSecrets } from '../../secrets/build-secrets.ts';
import { refuseSecrets } from '../../secrets/refuse-secrets.ts';
import { PARENTS_LABEL, parentsLabel } from '../../staging/parents-label.ts';
import { environmentOf } from './build-environment.ts';
import { attestationsIn, type BuildRun } from './build-run.ts';
import type { Parents } from './parents-of.ts';

/**
 * What the engine needs to build an image on its parents.
 * @throws Error if a secret or an SSH agent is missing, or a secret is in a file of the image
 */
export async function requestOf(
  run: BuildRun,
  plan: BuildPlan,
): Promise<(parents: Parents, target?: BuildTarget) => Promise<BuildRequest>> {
  const { document, folder } = plan;
  const options = run.optionsOf(folder.manifest);
  const passwords = repositoryPasswords(run.root, folder.manifest);
  const secrets = await buildSecrets(run.root, plan, options.buildSecrets, run.passwords);
  await refuseSecrets(run.root, plan, [...secrets, ...passwords], run.secretFiles);
  const staging = run.stagings.of(plan);
  const attestations = attestationsIn(run, plan);
  return async ({ pins, remote, digests }, target) => ({
    context: join(run.root, folder.contextDir),
    dockerfile: join(run.root, folder.root, 'Dockerfile'),
    tags: [document.reference],
    buildArgs: document.args,
    labels: {
      ...plan.labels,
      [BUILD_ID_LABEL]: plan.buildId,
      ...(staging && { [PARENTS_LABEL]: parentsLabel(digests) }),
    },
    platforms: [...plan.requested],
    ...(document.reproducible && { rewriteTimestamps: true }),
    ...(attestations && { attestations }),
    pins,
    remoteParents: remote,
    ...(target && { target }),
    ...((target || remote.length > 0) && { config: await staging?.buildSession() }),
    secrets: secrets.map(({ request }) => request),
    ssh: sshAgents(plan),
    ...environmentOf(run.environment, plan),
    timeout: options.buildTimeout,
    signal: run.signal,
    onLine: (line) => run.report.log(folder.project, line),
  });
}

/** @throws Error if the manifest needs an SSH agent and there is none. */
function sshAgents({ document, folder }: BuildPlan): string[] {
  const ids = document.ssh ?? [];
  if (ids.length === 0 || process.env['SSH_AUTH_SOCK']) return ids;
  throw new Error(
    `${document.reference} was not built: ${folder.manifest} gives it the SSH agent ${ids.join(', ')}, but SSH_AUTH_SOCK is not set.\n` +
      '  Start one: eval "$(ssh-agent)" && ssh-add',
  );
}
