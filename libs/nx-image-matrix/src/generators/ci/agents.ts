import { stringify } from 'yaml';
import type { CiPlan } from './plan.ts';
import { shellWord } from './shell.ts';

/*
 * Nx Agents: machines of Nx Cloud that share the tasks of one run. The format of the files is that of
 * https://nx.dev/docs/reference/nx-cloud/launch-templates and https://nx.dev/docs/reference/nx-cloud/assignment-rules.
 */

const template = 'image-builder';
const distribution = '.nx/workflows/image-distribution.yaml';

/** The variable with which Nx knows its cloud. */
export const cloudToken = 'NX_CLOUD_ACCESS_TOKEN';

/**
 * What `--agents` cannot be used with.
 * @throws Error that says what to change
 */
export function checkAgents({ agents, shards, staging }: CiPlan): void {
  if (agents === undefined) return;
  const problem =
    (shards > 1 && 'Nx spreads the tasks over the agents itself. Leave out --shards.') ||
    (!staging && 'agents find the images of each other in staging. Add `staging` to the manifest.') ||
    (staging &&
      staging.ownLogins.length > 0 &&
      'an agent has no login of its own. Add `user` and `pwd` to `staging` of the manifest.') ||
    (staging &&
      staging.platforms.length > 0 &&
      `each platform (${staging.platforms.join(', ')}) is built on machines of its own. Use --shards and --runners instead.`);
  if (problem) throw new Error(`--agents cannot be used here: ${problem}`);
}

/** Paths and texts of what Nx Cloud reads; none without agents. */
export function agentFiles({ agents, install, targets }: CiPlan): Record<string, string> {
  if (agents === undefined) return {};
  const templates = {
    'launch-templates': {
      [template]: {
        'resource-class': 'docker_linux_amd64/large',
        image: 'ubuntu22.04-node20.19-v1',
        env: { IMAGE_LOAD: 'false' },
        'init-steps': [
          { name: 'Check out', uses: 'nrwl/nx-cloud-workflows/v5/workflow-steps/checkout/main.yaml' },
          { name: 'Install', script: install.join('\n') },
          { name: 'Check that images can be built', script: 'docker buildx version' },
        ],
      },
    },
  };
  const rules = {
    'distribute-on': { default: `${agents} ${template}` },
    'assignment-rules': [{ targets: targets.build.split(','), 'run-on': [{ agent: template, parallelism: 1 }] }],
  };
  return {
    '.nx/workflows/image-agents.yaml': text('What an agent of Nx Cloud is that builds images.', templates),
    [distribution]: text('How many agents build images, and how many each builds at once.', rules),
  };
}

/**
 * Lines that build, on agents if the plan has them: these get the variables, which the machine that starts them must have.
 */
export function onAgents(plan: CiPlan, lines: readonly string[], variables: readonly string[]): string[] {
  if (plan.agents === undefined) return [...lines];
  const names = ['IMAGE_LOAD', ...variables.filter((name) => name !== cloudToken).sort()];
  const start = [
    `${plan.nx} start-ci-run --distribute-on=${distribution}`,
    `--with-env-vars=${shellWord(names.join())}`,
    `--stop-agents-after=${shellWord(plan.targets.build)}`,
  ].join(' ');
  return [...lines.slice(0, -1), `${start}\n${lines.at(-1) ?? ''}`];
}

function text(what: string, content: object): string {
  return `# ${what}\n# Made by "nx g nx-image-matrix:ci --agents"; edit it as you need.\n${stringify(content, { lineWidth: 0 })}`;
}
