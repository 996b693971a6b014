import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { githubWorkflows } from './github.ts';
import { gitlabPipeline } from './gitlab.ts';
import { packageManagerPlan } from './package-manager.ts';
import type { CiPlan } from './plan.ts';

const plan: CiPlan = {
  ...packageManagerPlan('npm'),
  branch: 'main',
  chunks: 1,
  targets: { build: 'docker-build', push: 'docker-push', matrix: 'docker-matrix', promote: 'docker-promote' },
  matrixProjects: ['images'],
  promote: [],
  pushVariables: ['HUB_PASSWORD', 'HUB_USERNAME'],
  buildVariables: [],
  nightly: ['tag:release:base', 'tag:release:devel'],
  cron: '17 3 * * *',
};
const plans: [string, Partial<CiPlan>][] = [
  ['as they are by default', {}],
  ['on four machines', { chunks: 4 }],
  ['with floating tags and build secrets', { promote: ['images', 'sub-images'], buildVariables: ['PIP_TOKEN'] }],
  ['without a night and a cache', { nightly: [], cache: 'none' }],
  ['with pnpm and .nvmrc', { ...packageManagerPlan('pnpm'), nodeVersionFile: '.nvmrc' }],
  ['with bun and a cache elsewhere', { ...packageManagerPlan('bun'), cache: 'registry.acme.io/cache' }],
];

/** The schemas that editors check these files by, as the package schemastore carries them. */
const folder = join(dirname(createRequire(import.meta.url).resolve('schemastore/package.json')), 'schemas/json');
function validator(path: string) {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  return ajv.compile(JSON.parse(readFileSync(join(folder, path), 'utf8')) as object);
}
const github = validator('github-workflow.json');
const gitlab = validator('gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci.json');

interface Workflow {
  permissions: object;
  concurrency: object;
  jobs: Record<
    string,
    { permissions: Record<string, string>; env?: Record<string, string>; steps: { run?: string; uses?: string }[] }
  >;
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

  it('are what the schemas refuse when they are wrong', () => {
    expect(github({ on: 'push', jobs: { a: { 'runs-on': 'x', steps: [{ nonsense: 1 }] } } })).toBe(false);
    expect(gitlab({ a: { script: 1 } })).toBe(false);
  });

  it('have no more rights than a job needs, and actions by major tag', () => {
    const all = Object.values(githubWorkflows({ ...plan, promote: ['images'] })).map((text) => parse(text) as Workflow);
    for (const { permissions, jobs } of all) {
      expect(permissions).toEqual({ contents: 'read' });
      for (const [name, job] of Object.entries(jobs)) {
        const writes = Object.entries(job.permissions).filter(([, right]) => right === 'write');
        expect(writes).toEqual(['push', 'promote', 'nightly'].includes(name) ? [['packages', 'write']] : []);
        expect(job.steps.every(({ uses }) => uses === undefined || /^[\w-]+\/[\w-]+@v\d+$/.test(uses))).toBe(true);
      }
    }
  });

  it('give secrets to jobs that push, and to no step as text', () => {
    const { jobs } = parse(githubWorkflows(plan)['.github/workflows/images.yml']!) as Workflow;
    expect(jobs['push']!.env).toEqual({
      HUB_PASSWORD: '${{ secrets.HUB_PASSWORD }}',
      HUB_USERNAME: '${{ secrets.HUB_USERNAME }}',
    });
    expect(jobs['build']!.env).toBeUndefined();
    const runs = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run = '' }) => run));
    expect(runs.join('\n')).not.toContain('${{');
  });

  it('promote last, when there are floating tags', () => {
    const { jobs } = parse(
      githubWorkflows({ ...plan, promote: ['images'] })['.github/workflows/images.yml']!,
    ) as Workflow;
    expect(jobs['promote']).toMatchObject({ needs: 'push' });
    expect(jobs['promote']!.steps.at(-1)!.run).toBe('npx nx run images:docker-promote');
  });
});
