import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import type { CiPlan } from '../../src/generators/ci/plan.ts';
import { packageManagerPlan, type PackageManagerFacts } from '../../src/generators/ci/package-manager.ts';

/*
 * Plans of CI workflows, and what is right for the files that are made from them.
 */

export const manager = (name: PackageManagerFacts['name'], facts: Partial<PackageManagerFacts> = {}) =>
  packageManagerPlan({ name, installed: () => '9.8.7', isBerry: false, ...facts });

export const basesOf = (folder: string): CiPlan['bases'][number] => ({
  lock: `${folder}images.lock`,
  output: `${folder}docker`,
  refresh: `${folder.replaceAll('/', '-')}images:docker-refresh`,
  explain: `${folder.replaceAll('/', '-')}images:docker-explain`,
});

export const plan: CiPlan = {
  ...manager('npm'),
  branch: 'main',
  shards: 1,
  targets: { build: 'docker-build', push: 'docker-push' },
  shareTask: 'images:docker-matrix',
  promote: [],
  pushVariables: ['HUB_PASSWORD', 'HUB_USERNAME'],
  buildVariables: [],
  bases: [basesOf('')],
  nightly: ['tag:type:base', 'tag:type:devel'],
  cron: '17 3 * * *',
};

/** The targets of images that are tested and scanned. */
export const checked: CiPlan['targets'] = { ...plan.targets, test: 'docker-test', scan: 'docker-scan' };

export interface Step {
  name?: string;
  if?: string;
  run?: string;
  uses?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}

export interface Workflow {
  on: object;
  permissions: object;
  jobs: Record<
    string,
    {
      'runs-on': string;
      needs?: string | string[];
      if?: string;
      environment?: string;
      permissions: Record<string, string>;
      strategy?: { matrix: Record<string, unknown> };
      env?: Record<string, string>;
      steps: Step[];
    }
  >;
}

/** The schemas that editors use for these files, from the package schemastore. */
const folder = join(dirname(createRequire(import.meta.url).resolve('schemastore/package.json')), 'schemas/json');

function validator(path: string): ValidateFunction {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  return ajv.compile(JSON.parse(readFileSync(join(folder, path), 'utf8')) as object);
}

export const isGithubWorkflow = validator('github-workflow.json');

export const isGitlabPipeline = validator(
  'gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci.json',
);
