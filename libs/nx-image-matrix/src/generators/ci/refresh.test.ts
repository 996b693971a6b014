import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { runGithub, runGitlab, type JobResult, type RunnerOptions } from '../../../test/support/ci-runner.ts';
import { githubWorkflows } from './github.ts';
import { gitlabPipeline } from './gitlab.ts';
import type { BaseLockPlan, CiPlan } from './plan.ts';

/*
 * The scripts of the nightly workflow against a real git repository. Stand-ins do what Nx, `gh` and GitLab's API would,
 * and write down what they were given.
 */

const branch = 'nx-image-matrix/refresh-bases';
const body = 'Moved: `debian` $(touch stolen) "quoted" `touch stolen` \\ \'\n@somebody 100 %\n';

function basesOf(folder: string, project: string): BaseLockPlan {
  return {
    lock: `${folder}images.lock`,
    output: `${folder}docker`,
    refresh: `${project}:docker-refresh`,
    explain: `${project}:docker-explain`,
  };
}

const single = [basesOf('', 'images')];
const hostile = [basesOf("it's $(touch stolen), */", "it's $(touch stolen)-images"), basesOf('', 'images')];

function planOf(bases: BaseLockPlan[]): CiPlan {
  return {
    branch: 'main',
    shards: 1,
    install: [],
    nx: 'nx',
    packageManager: 'npm',
    targets: { build: 'docker-build', push: 'docker-push' },
    shareTask: 'images:docker-matrix',
    promote: [],
    pushVariables: [],
    buildVariables: [],
    bases,
    nightly: ['tag:type:base'],
    cron: '0 0 * * *',
    cache: 'none',
  };
}

let folder: string;
let remote: string;
let environment: NodeJS.ProcessEnv;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'refresh-'));
  remote = join(folder, 'remote.git');
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
  write('bin/nx', nx, 0o755);
  write('bin/gh', gh, 0o755);
  environment = {
    PATH: `${join(folder, 'bin')}${delimiter}${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
    HOME: folder,
    STAND: folder,
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_REPOSITORY_OWNER: 'acme',
  };
  write('body', body);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `docker-refresh` writes what the file `moved` says, and fails if there is a file `failing`. */
const nx = `#!/usr/bin/env node
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const stand = (name) => process.env.STAND + '/' + name;
const args = process.argv.slice(2);
appendFileSync(stand('nx.log'), JSON.stringify(args) + '\\n');
const [command, task = ''] = args;
if (command === 'run' && task.endsWith(':docker-refresh')) {
  const moved = JSON.parse(existsSync(stand('moved')) ? readFileSync(stand('moved'), 'utf8') : '{}');
  for (const [path, text] of Object.entries(moved[task] ?? {})) writeFileSync(path, text);
  if (existsSync(stand('failing'))) process.exit(1);
}
if (command === 'run' && task.endsWith(':docker-explain')) {
  const file = args.find((arg) => arg.startsWith('--markdown=')).slice('--markdown='.length);
  if (!args.includes('--base=HEAD')) process.exit(1);
  writeFileSync(file, readFileSync(stand('body')));
}
`;

/** The REST API of pull requests: one is open as long as there is a file \`open\`. */
const gh = `#!/usr/bin/env node
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const stand = (name) => process.env.STAND + '/' + name;
const args = process.argv.slice(2);
const fields = {};
for (const [index, arg] of args.entries()) {
  const [, name, value] = /^(\\w+)=(.*)$/s.exec(args[index + 1] ?? '') ?? [];
  if (arg === '-f') fields[name] = value;
  if (arg === '-F') fields[name] = value.startsWith('@') ? readFileSync(value.slice(1), 'utf8') : JSON.parse(value);
}
const method = args[args.indexOf('--method') + 1];
const path = args.find((arg) => arg.startsWith('repos/'));
appendFileSync(stand('requests.log'), JSON.stringify({ method, path, fields, token: process.env.GH_TOKEN }) + '\\n');
if (method === 'POST') writeFileSync(stand('open'), '');
if (method === 'GET' && existsSync(stand('open'))) console.log('7');
`;

interface Request {
  method: string;
  path: string;
  fields: Record<string, string>;
  token: string;
}

function logOf<Entry>(name: string): Entry[] {
  const path = join(folder, name);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  return lines.map((line) => JSON.parse(line) as Entry);
}

function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  chmodSync(join(folder, path), mode);
}

function git(cwd: string, ...args: string[]): string {
  const { stdout, stderr, status } = spawnSync('git', args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** Commits files, and pushes them to a branch. */
function push(files: Record<string, string>, to: string, from = 'main'): void {
  const clone = join(folder, 'author');
  rmSync(clone, { recursive: true, force: true });
  git(folder, 'clone', '--quiet', remote, clone);
  if (git(remote, 'branch', '--list', from) !== '') git(clone, 'checkout', '--quiet', from);
  for (const [path, text] of Object.entries(files)) write(join('author', path), text);
  git(clone, 'add', '--all');
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  git(clone, ...identity, 'commit', '--quiet', '--allow-empty', '-m', 'files');
  git(clone, 'push', '--quiet', 'origin', `HEAD:refs/heads/${to}`);
}

/** The files of one matrix, before and after its base has moved. */
function filesOf(at: string, digest: string): Record<string, string> {
  return {
    [`${at}images.lock`]: `debian: ${digest}\n`,
    [`${at}docker/app/Dockerfile`]: `FROM debian@${digest}\n`,
    [`${at}docker/app/image.json`]: `{"baseImage":"debian@${digest}"}\n`,
  };
}

function moves(changes: Record<string, Record<string, string>>): void {
  write('moved', JSON.stringify(changes));
}

/** What of two runs is compared: results of jobs. */
function resultsOf(results: readonly JobResult[]): Record<string, string> {
  return Object.fromEntries(results.map(({ name, result }) => [name, result]));
}

type Service = (bases: BaseLockPlan[], options?: Partial<RunnerOptions>) => Promise<JobResult[]>;

const github: Service = (bases, options) => {
  const text = githubWorkflows(planOf(bases))['.github/workflows/images-nightly.yml'] ?? '';
  return runGithub(text, { remote, folder: join(folder, 'run'), environment, ...options });
};

describe('a nightly refresh on GitHub', () => {
  const done = { locks: 'success', nightly: 'skipped', refresh: 'success', request: 'success' };

  it('opens a pull request with what has moved', async () => {
    push({ ...filesOf('', 'old'), 'package.json': '{}' }, 'main');
    moves({ 'images:docker-refresh': { ...filesOf('', 'new'), 'package.json': '{"changed":1}', 'junk.txt': '' } });
    const results = await github(single);
    expect([resultsOf(results), results.map(({ output }) => output).join('')]).toEqual([done, expect.any(String)]);
    expect(git(remote, 'log', '--format=%an %s', `main..${branch}`)).toBe(
      'github-actions[bot] chore: refresh base images',
    );
    expect(git(remote, 'diff', '--name-only', 'main', branch).split('\n')).toEqual(Object.keys(filesOf('', '')).sort());
    expect(git(remote, 'show', `${branch}:docker/app/Dockerfile`)).toBe('FROM debian@new');
    const [listed, opened, ...others] = logOf<Request>('requests.log');
    expect(listed).toMatchObject({ fields: { state: 'open', base: 'main', head: `acme:${branch}` } });
    expect(opened).toEqual({
      method: 'POST',
      path: 'repos/acme/shop/pulls',
      fields: { title: 'chore: refresh base images', head: branch, base: 'main', body },
      token: 'secret-token',
    });
    expect(others).toEqual([]);
  });

  it('cuts a description that is longer than GitHub accepts', async () => {
    push(filesOf('', 'old'), 'main');
    moves({ 'images:docker-refresh': filesOf('', 'new') });
    write('body', `${'x'.repeat(999)}\n`.repeat(70));
    expect(resultsOf(await github(single))).toEqual(done);
    const { body: sent = '' } = logOf<Request>('requests.log')[1]?.fields ?? {};
    expect([sent.length < 65_536, sent.slice(59_990)]).toEqual([
      true,
      'xxxxxxxxx\n\nThe rest did not fit: see the files.\n',
    ]);
  });

  it('does nothing when nothing has moved', async () => {
    push(filesOf('', 'old'), 'main');
    expect(resultsOf(await github(single))).toEqual({ ...done, request: 'skipped' });
    expect([logOf('requests.log'), git(remote, 'branch', '--list', branch)]).toEqual([[], '']);
  });

  it('opens the request and fails, when a registry does not answer', async () => {
    push(filesOf('', 'old'), 'main');
    moves({ 'images:docker-refresh': filesOf('', 'new') });
    write('failing', '');
    const results = await github(single);
    expect(resultsOf(results)).toEqual({ ...done, refresh: 'failure' });
    expect(results.find(({ name }) => name === 'refresh')?.output).toContain('Not every base image could be refreshed');
    expect(logOf<Request>('requests.log').map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  it('fails without a request, when no registry answers', async () => {
    push(filesOf('', 'old'), 'main');
    write('failing', '');
    expect(resultsOf(await github(single))).toEqual({ ...done, refresh: 'failure', request: 'skipped' });
    expect(logOf('requests.log')).toEqual([]);
  });

  it('replaces the branch of an open request, and does not push the same change again', async () => {
    push(filesOf('', 'old'), 'main');
    push(filesOf('', 'older'), branch);
    push({ 'README.md': 'newer' }, 'main');
    // Its name has the same end.
    push({ trap: '' }, `a/refs/heads/${branch}`);
    write('open', '');
    moves({ 'images:docker-refresh': filesOf('', 'new') });
    expect(resultsOf(await github(single))).toEqual(done);
    expect(git(remote, 'log', '--format=%s', `main..${branch}`)).toBe('chore: refresh base images');
    expect(logOf<Request>('requests.log')[1]).toMatchObject({
      method: 'PATCH',
      path: 'repos/acme/shop/pulls/7',
      fields: { body },
    });
    const commit = git(remote, 'rev-parse', branch);
    write('remote.git/hooks/pre-receive', '#!/bin/sh\nexit 1\n', 0o755);
    expect(resultsOf(await github(single))).toEqual(done);
    expect(git(remote, 'rev-parse', branch)).toBe(commit);
  });

  it('keeps what somebody has pushed to the branch at the same moment', async () => {
    push(filesOf('', 'old'), 'main');
    push(filesOf('', 'older'), branch);
    moves({ 'images:docker-refresh': filesOf('', 'new') });
    const real = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
    const racing = `if [ "$3" = -c ] && [ "$5" = push ]; then ${real} -C ${remote} update-ref refs/heads/${branch} main; fi`;
    write('bin/git', `#!/bin/sh\n${racing}\nexec ${real} "$@"\n`, 0o755);
    const results = await github(single);
    expect(resultsOf(results)).toEqual({ ...done, request: 'failure' });
    expect(results.at(-1)?.output).toContain('stale info');
    expect(git(remote, 'rev-parse', branch)).toBe(git(remote, 'rev-parse', 'main'));
  });

  it('works for folders of any name, and refreshes the locks that exist', async () => {
    const [{ refresh }] = hostile as [BaseLockPlan];
    const at = "it's $(touch stolen), */";
    push({ ...filesOf(at, 'old'), 'docker/app/Dockerfile': 'FROM debian\n' }, 'main');
    moves({ [refresh]: { ...filesOf(at, 'new'), 'docker/app/Dockerfile': 'not refreshed' } });
    const results = await github(hostile);
    expect(resultsOf(results)).toEqual({ ...done, nightly: 'success' });
    expect(git(remote, 'diff', '--name-only', '-z', 'main', branch).split('\0').filter(Boolean)).toEqual(
      Object.keys(filesOf(at, '')).sort((one, other) => one.localeCompare(other, 'en')),
    );
    const commands = logOf<string[]>('nx.log').map((args) => args.slice(0, 2).join(' '));
    expect(commands).toEqual([
      'run-many -t',
      `run ${refresh}`,
      `run ${refresh.replace('refresh', 'explain')}`,
      'run images:docker-explain',
    ]);
    expect(logOf<string[]>('nx.log')[0]?.at(-1)).toBe('tag:type:base,!directory:it?s???touch?stolen????/docker/**');
    expect(logOf<Request>('requests.log')[1]?.fields['body']).toBe(body + body);
    expect(spawnSync('find', [folder, '-name', 'stolen'], { encoding: 'utf8' }).stdout).toBe('');
  });

  it('rebuilds as long as there is no lock', async () => {
    push({ 'docker/app/Dockerfile': 'FROM debian\n' }, 'main');
    expect(resultsOf(await github(single))).toEqual({
      ...done,
      nightly: 'success',
      refresh: 'skipped',
      request: 'skipped',
    });
    expect(logOf('nx.log')).toEqual([['run-many', '-t', 'docker-build,docker-push', '-p', 'tag:type:base']]);
  });

  it('refuses a patch of other files', async () => {
    push(filesOf('', 'old'), 'main');
    moves({ 'images:docker-refresh': filesOf('', 'new') });
    const other = 'diff --git a/other b/other\nnew file mode 100644\n--- /dev/null\n+++ b/other\n@@ -0,0 +1 @@\n+x\n';
    const results = await github(single, {
      prepare: (clone) => {
        const patch = join(folder, 'run/artifacts/refreshed-bases/changes.patch');
        if (clone.endsWith('/request')) appendFileSync(patch, other);
      },
    });
    expect(resultsOf(results)).toEqual({ ...done, request: 'failure' });
    expect(results.at(-1)?.output).toContain('The refresh changed other files than locks and generated files.');
    expect([logOf('requests.log'), git(remote, 'branch', '--list', branch)]).toEqual([[], '']);
  });
});

/** GitLab's API of merge requests; `open` is the number of the open one. */
class Gitlab {
  readonly requests: { method: string; path: string; fields: Record<string, string>; token: string }[] = [];
  open?: number;
  #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += String(chunk)));
      request.on('end', () => {
        const { pathname, searchParams } = new URL(request.url ?? '', 'http://gitlab');
        const fields = Object.fromEntries(text === '' ? searchParams : new URLSearchParams(text));
        const token = String(request.headers['private-token'] ?? request.headers.authorization);
        const method = request.method ?? '';
        this.requests.push({ method, path: pathname, fields, token });
        if (!pathname.startsWith('/api/')) response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
        else if (method === 'GET') response.end(JSON.stringify(this.open ? [{ id: 99, iid: this.open }] : []));
        else response.end(JSON.stringify({ web_url: 'http://gitlab/x/-/merge_requests/1' }));
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const hasPrograms = ['curl', 'jq'].every((name) => spawnSync(name, ['--version']).status === 0);

(hasPrograms ? describe : describe.skip)('a nightly refresh on GitLab', () => {
  const jobs = ['images:nightly', 'images:refresh', 'images:request'];
  const done = { 'images:nightly': 'skipped', 'images:refresh': 'success', 'images:request': 'success' };
  const token = 'glpat-secret';
  let gitlab: Gitlab;
  beforeEach(async () => {
    gitlab = new Gitlab();
    Object.assign(environment, {
      IMAGE_REFRESH_TOKEN: token,
      CI_PROJECT_URL: `file://${join(folder, 'remote')}`,
      CI_PROJECT_ID: '12',
      CI_API_V4_URL: `${await gitlab.listen()}/api/v4`,
      GITLAB_USER_NAME: 'Ann $(touch stolen)',
      GITLAB_USER_EMAIL: 'ann@example.com',
    });
  });
  afterEach(() => gitlab.close());

  const run: Service = (bases, options) =>
    runGitlab(gitlabPipeline(planOf(bases)), jobs, { remote, folder: join(folder, 'run'), environment, ...options });

  it('opens a merge request with what has moved', async () => {
    push(filesOf('', 'old'), 'main');
    moves({ 'images:docker-refresh': filesOf('', 'new') });
    const results = await run(single);
    expect([resultsOf(results), results.map(({ output }) => output).join('')]).toEqual([done, expect.any(String)]);
    expect(git(remote, 'log', '--format=%an %s', `main..${branch}`)).toBe(
      'Ann $(touch stolen) chore: refresh base images',
    );
    const path = '/api/v4/projects/12/merge_requests';
    expect(gitlab.requests).toEqual([
      { method: 'GET', path, token, fields: { state: 'opened', source_branch: branch, target_branch: 'main' } },
      {
        method: 'POST',
        path,
        token,
        fields: {
          title: 'chore: refresh base images',
          source_branch: branch,
          target_branch: 'main',
          description: body,
          remove_source_branch: 'true',
        },
      },
    ]);
    expect(results.at(-1)?.output).toContain('http://gitlab/x/-/merge_requests/1');
    expect(results.at(-1)?.output).not.toContain(token);
  });

  it('updates the open one', async () => {
    push(filesOf('', 'old'), 'main');
    push(filesOf('', 'older'), branch);
    gitlab.open = 5;
    moves({ 'images:docker-refresh': filesOf('', 'new') });
    expect(resultsOf(await run(single))).toEqual(done);
    expect(gitlab.requests[1]).toEqual({
      method: 'PUT',
      path: '/api/v4/projects/12/merge_requests/5',
      token,
      fields: { description: body },
    });
  });

  it('does nothing when nothing has moved', async () => {
    push(filesOf('', 'old'), 'main');
    expect(resultsOf(await run(single))).toEqual(done);
    expect([gitlab.requests, git(remote, 'branch', '--list', branch)]).toEqual([[], '']);
  });

  it('opens the request and fails, when a registry does not answer', async () => {
    push(filesOf('', 'old'), 'main');
    moves({ 'images:docker-refresh': filesOf('', 'new') });
    write('failing', '');
    expect(resultsOf(await run(single))).toEqual({ ...done, 'images:refresh': 'failure' });
    expect(gitlab.requests.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  it('works for folders of any name, and rebuilds what has no lock', async () => {
    const [{ refresh }] = hostile as [BaseLockPlan];
    const at = "it's $(touch stolen), */";
    push({ ...filesOf(at, 'old'), 'docker/app/Dockerfile': 'FROM debian\n' }, 'main');
    moves({ [refresh]: filesOf(at, 'new') });
    expect(resultsOf(await run(hostile))).toEqual({ ...done, 'images:nightly': 'success' });
    expect(gitlab.requests[1]?.fields['description']).toBe(body + body);
    expect(spawnSync('find', [folder, '-name', 'stolen'], { encoding: 'utf8' }).stdout).toBe('');
  });

  it('rebuilds as long as there is no lock', async () => {
    push({ 'docker/app/Dockerfile': 'FROM debian\n' }, 'main');
    const skipped = { 'images:refresh': 'skipped', 'images:request': 'skipped' };
    expect(resultsOf(await run(single))).toEqual({ 'images:nightly': 'success', ...skipped });
  });

  it('says which token is missing', async () => {
    push(filesOf('', 'old'), 'main');
    moves({ 'images:docker-refresh': filesOf('', 'new') });
    delete environment['IMAGE_REFRESH_TOKEN'];
    const results = await run(single);
    expect(resultsOf(results)).toEqual({ ...done, 'images:request': 'failure' });
    expect(results.at(-1)?.output).toContain('Set the CI/CD variable IMAGE_REFRESH_TOKEN to a project access token');
  });

  it('gives git the token when the server asks for it', async () => {
    push(filesOf('', 'old'), 'main');
    moves({ 'images:docker-refresh': filesOf('', 'new') });
    environment['CI_PROJECT_URL'] = `${environment['CI_API_V4_URL']?.replace('/api/v4', '')}/acme/shop`;
    const results = await run(single);
    expect(resultsOf(results)).toEqual({ ...done, 'images:request': 'failure' });
    const basic = `Basic ${Buffer.from(`oauth2:${token}`).toString('base64')}`;
    expect(gitlab.requests.map((request) => request.token)).toContain(basic);
    expect(results.at(-1)?.output).not.toContain(token);
  });
});
