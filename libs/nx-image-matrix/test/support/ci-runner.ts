import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

/*
 * Runs the jobs of generated workflows as the services do: each in a fresh clone, those of a matrix side by side, scripts in a
 * shell that stops at the first error, files between jobs as artifacts. Actions but those of artifacts do nothing.
 */

export interface JobResult {
  name: string;
  result: 'success' | 'failure' | 'skipped';
  /** Of its scripts, with what they have added to the summary of the job. */
  output: string;
}

export interface RunnerOptions {
  /** The bare repository that jobs clone. */
  remote: string;
  /** A folder for the clones. */
  folder: string;
  environment: NodeJS.ProcessEnv;
  /** Called with each clone before its scripts run. */
  prepare?: (clone: string) => void;
  /** Jobs that are left out. */
  without?: string[];
  /** The branch that jobs clone. Default: main. */
  branch?: string;
  /** The event of a GitHub workflow. Default: push. */
  event?: string;
  /** The secrets that expressions of a GitHub workflow read; without them, each is some text. */
  secrets?: Record<string, string>;
  /** More variables of a job: where its engine is. `index` counts the jobs of a matrix from 0. */
  machine?: (job: string, index: number) => NodeJS.ProcessEnv;
}

interface Step {
  id?: string;
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, string>;
  env?: Record<string, string>;
  'continue-on-error'?: boolean;
}

type Matrix = Record<string, (string | number)[]> & { include?: Record<string, string>[] };

interface GithubJob {
  needs?: string | string[];
  if?: string;
  strategy?: { matrix: Matrix };
  env?: Record<string, string>;
  outputs?: Record<string, string>;
  steps: Step[];
}

/** Values of expressions: `steps.refresh.outcome`. */
type Facts = Map<string, string>;

/** Runs the jobs of a GitHub workflow on the main branch, in order. */
export async function runGithub(text: string, options: RunnerOptions): Promise<JobResult[]> {
  const { jobs } = parse(text) as { jobs: Record<string, GithubJob> };
  const facts: Facts = new Map([
    ['github.ref', 'refs/heads/main'],
    ['github.event_name', options.event ?? 'push'],
  ]);
  const results: JobResult[] = [];
  for (const [name, job] of Object.entries(jobs)) {
    if (options.without?.includes(name)) continue;
    const needed = results.filter((one) => [job.needs ?? []].flat().includes(one.name));
    for (const one of new Set(needed.map((each) => each.name))) {
      const all = needed.filter((each) => each.name === one).map(({ result }) => result);
      facts.set(`needs.${one}.result`, all.find((result) => result !== 'success') ?? 'success');
    }
    const wanted = holds(
      job.if,
      facts,
      needed.some(({ result }) => result !== 'success'),
    );
    if (!wanted) {
      results.push({ name, result: 'skipped', output: '' });
      continue;
    }
    const combinations = combinationsOf(job.strategy?.matrix ?? {});
    results.push(
      ...(await Promise.all(combinations.map((matrix, index) => githubJob(name, job, facts, options, matrix, index)))),
    );
  }
  return results;
}

/** The jobs that a matrix makes: each combination of its lists, with what `include` adds to it. */
function combinationsOf({ include = [], ...lists }: Matrix): Record<string, string>[] {
  let combinations: Record<string, string>[] = [{}];
  for (const [key, values] of Object.entries(lists)) {
    combinations = combinations.flatMap((one) => values.map((value) => ({ ...one, [key]: String(value) })));
  }
  const fits = (one: Record<string, string>, more: Record<string, string>): boolean =>
    Object.keys(lists).every((key) => more[key] === undefined || more[key] === one[key]);
  return combinations.map((one) => Object.assign({}, one, ...include.filter((more) => fits(one, more))) as typeof one);
}

async function githubJob(
  name: string,
  job: GithubJob,
  facts: Facts,
  options: RunnerOptions,
  matrix: Record<string, string>,
  index: number,
): Promise<JobResult> {
  const clone = cloneFor(index === 0 ? name : `${name}-${index}`, options);
  let failed = false;
  let output = '';
  for (const step of job.steps) {
    if (!holds(step.if, facts, failed) || step.name === 'Install') continue;
    passArtifact(step, clone, options);
    if (step.run === undefined) continue;
    const outputs = join(clone, '.git/github-output');
    const summary = join(clone, '.git/step-summary');
    for (const file of [outputs, summary]) rmSync(file, { force: true });
    const own = Object.entries({ ...job.env, ...step.env }).map(([key, value]) => [
      key,
      value.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => valueOf(expression, matrix, options)),
    ]);
    const machine = options.machine?.(name, index);
    const environment = {
      ...options.environment,
      ...machine,
      GITHUB_OUTPUT: outputs,
      GITHUB_STEP_SUMMARY: summary,
      ...Object.fromEntries(own),
    };
    const { status, output: text } = await script('bash', step.run, clone, environment);
    output += text;
    if (existsSync(summary)) output += readFileSync(summary, 'utf8');
    if (step.id !== undefined) facts.set(`steps.${step.id}.outcome`, status === 0 ? 'success' : 'failure');
    for (const line of existsSync(outputs) ? readFileSync(outputs, 'utf8').split('\n') : []) {
      const [key = '', value = ''] = line.split('=');
      if (key !== '') facts.set(`steps.${step.id}.outputs.${key}`, value);
    }
    if (status !== 0 && step['continue-on-error'] !== true) failed = true;
  }
  for (const [key, value] of Object.entries(job.outputs ?? {})) {
    const fact = /\$\{\{ (\S+) \}\}/.exec(value)?.[1] ?? '';
    facts.set(`needs.${name}.outputs.${key}`, facts.get(fact) ?? '');
  }
  return { name, result: failed ? 'failure' : 'success', output };
}

/** Evaluates what the workflows use of the language of expressions; anything else is an error. */
function holds(expression: string | undefined, facts: Facts, failed: boolean): boolean {
  if (expression === undefined) return !failed;
  const terms = expression.replace(/^\$\{\{ (.*) \}\}$/, '$1').split(' && ');
  const compared = terms.filter((term) => term !== '!cancelled()');
  const values = compared.map((term) => {
    const [, name, value] = /^([\w.]+) == '([^']*)'$/.exec(term) ?? [];
    if (name === undefined) throw new Error(`unknown expression: ${term}`);
    return (facts.get(name) ?? '') === value;
  });
  return (!failed || compared.length < terms.length) && values.every(Boolean);
}

/** Evaluates `matrix.shard`, `secrets.A`, `secrets.A && secrets.B` and `secrets.A || secrets.B`. */
function valueOf(expression: string, matrix: Record<string, string>, { secrets }: RunnerOptions): string {
  const [first = '', operator, second] = expression.split(' ');
  const [, kind, name = ''] = /^(matrix|secrets)\.(\w+)$/.exec(first) ?? [];
  if (kind === undefined) throw new Error(`unknown expression: ${expression}`);
  if (kind === 'secrets' && secrets === undefined) return 'secret-token';
  const value = (kind === 'matrix' ? matrix : secrets)?.[name] ?? '';
  if (second === undefined || (operator === '&&') === (value === '')) return value;
  return valueOf(second, matrix, { secrets } as RunnerOptions);
}

function passArtifact({ uses = '', with: { name = '', path = '' } = {} }: Step, clone: string, options: RunnerOptions) {
  const artifact = join(options.folder, 'artifacts', name);
  if (uses.startsWith('actions/upload-artifact@')) copy(join(clone, path), artifact);
  if (uses.startsWith('actions/download-artifact@')) copy(artifact, join(clone, path));
}

interface GitlabJob {
  parallel?: number | { matrix: Record<string, string | string[]>[] };
  rules: { exists?: string[]; when?: string }[];
  needs?: string[];
  script: string[];
  artifacts?: { when: string; paths: string[] };
  variables?: Record<string, string>;
}

/** Runs jobs of a GitLab pipeline, in order, as a schedule does on the main branch. */
export async function runGitlab(text: string, names: string[], options: RunnerOptions): Promise<JobResult[]> {
  const jobs = parse(text) as Record<string, GitlabJob>;
  const results: JobResult[] = [];
  for (const name of names) {
    const job = jobs[name];
    if (!job) throw new Error(`there is no job ${name}`);
    const clone = cloneFor(name.replace(':', '-'), options);
    const rule = job.rules.find(({ exists }) => exists === undefined || exists.some((one) => hasFile(clone, one)));
    const stopped = results.some((one) => job.needs?.includes(one.name) && one.result !== 'success');
    if (!rule || rule.when === 'never' || (stopped && rule.when !== 'always')) {
      results.push({ name, result: 'skipped', output: '' });
      continue;
    }
    const artifacts = join(options.folder, 'artifacts');
    if (job.needs) copy(artifacts, clone);
    const run = async (variables: Record<string, string>, index: number): Promise<JobResult> => {
      const folder = index === 0 ? clone : cloneFor(`${name.replace(':', '-')}-${index}`, options);
      const environment = { ...options.environment, ...job.variables, ...options.machine?.(name, index), ...variables };
      const { status, output } = await script('sh', job.script.join('\n'), folder, environment);
      return { name, result: status === 0 ? 'success' : 'failure', output };
    };
    results.push(...(await Promise.all(parallelOf(job).map(run))));
    for (const path of job.artifacts?.paths ?? []) copy(join(clone, path), join(artifacts, path));
  }
  return results;
}

/** The variables of each job that `parallel` makes. */
function parallelOf({ parallel = 1 }: GitlabJob): Record<string, string>[] {
  if (typeof parallel === 'object') {
    return parallel.matrix.flatMap((entry) =>
      combinationsOf(Object.fromEntries(Object.entries(entry).map(([key, values]) => [key, [values].flat()]))),
    );
  }
  return Array.from({ length: parallel }, (_, index) => ({
    CI_NODE_INDEX: String(index + 1),
    CI_NODE_TOTAL: String(parallel),
  }));
}

/** Whether git tracks a file whose path matches a pattern, which may contain question marks. */
function hasFile(clone: string, pattern: string): boolean {
  const { stdout } = spawnSync('git', ['ls-files', '-z'], { cwd: clone, encoding: 'utf8' });
  const expression = new RegExp(`^${pattern.replaceAll('.', String.raw`\.`).replaceAll('?', '[^/]')}$`);
  return stdout.split('\0').some((path) => expression.test(path));
}

function cloneFor(name: string, { remote, folder, prepare, branch = 'main' }: RunnerOptions): string {
  const clone = join(folder, name);
  rmSync(clone, { recursive: true, force: true });
  spawnSync('git', ['clone', '--quiet', `--branch=${branch}`, remote, clone]);
  prepare?.(clone);
  return clone;
}

function copy(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}

/** Without blocking this process: a server of the test can answer. */
async function script(
  shell: string,
  text: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ status: number | null; output: string }> {
  const child = spawn(shell, ['-e', '-c', text], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, output };
}
