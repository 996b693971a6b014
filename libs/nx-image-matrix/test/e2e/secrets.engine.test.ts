import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, removeImages, uniquePrefix } from '../support/engine.ts';
import type { OwnRegistry } from '../../../engine/src/testing/own-registry.ts';
import { account, loginRegistry } from '../support/login-registry.ts';
import { smallMatrix, smallRepository } from '../support/matrices.ts';
import { watchedRun } from '../support/watched-run.ts';
import { Workspace } from '../support/workspace.ts';

const token = 'pip-Token/with+7 signs';
/** In a file with other content. */
const inFile = 'netrc-Token.with+8-signs';
/** Only for these runs: other tests have private folders at the same time. */
const temporary = mkdtempSync(join(tmpdir(), 'secrets-'));
const environment = {
  HUB_USER: account.user,
  HUB_PASSWORD: account.password,
  PIP_TOKEN: token,
  TMPDIR: temporary,
};

/** Forms in which the secrets would leak. */
const spellings = [account.password, token, inFile].flatMap((value) => [
  value,
  encodeURIComponent(value),
  Buffer.from(value).toString('base64'),
]);
const needles = [...spellings, Buffer.from(`${account.user}:${account.password}`).toString('base64')];

describe('secrets', () => {
  const prefix = uniquePrefix();
  const started = Date.now();
  let registry: OwnRegistry;
  let workspace: Workspace;

  beforeAll(async () => {
    registry = await loginRegistry();
    const manifest = `${smallMatrix['manifest.yml']!.replace(
      smallRepository,
      `${registry.address}/nx-image-matrix-test/app`,
    ).replace(
      'only_if: PUSH_TO',
      'user: HUB_USER\n    pwd: HUB_PASSWORD',
    )}package_spec: { app: { secrets: [{ id: pip, env: PIP_TOKEN }, { id: netrc, src: .netrc }] } }\n`;
    workspace = new Workspace({
      files: {
        ...smallMatrix,
        'manifest.yml': manifest,
        '.netrc': `machine pypi.acme.io\n  login me\n  password ${inFile}\n`,
        'templates/devel.Dockerfile.liquid': `FROM {{ from }}
ENV NOT_CACHED=${prefix}
RUN --mount=type=secret,id=netrc echo "in the file is $(sed -n 's/.*password //p' /run/secrets/netrc)"
RUN --mount=type=secret,id=pip echo "the token is $(cat /run/secrets/pip)" && sha256sum /run/secrets/pip > /sum
`,
      },
      plugin: { prefix },
    });
  });
  afterAll(async () => {
    removeImages(prefix);
    removeImages(`${registry.address}/`);
    await registry.stop();
    workspace.dispose();
    rmSync(temporary, { recursive: true, force: true });
  });

  function expectNoSecret(text: string): void {
    expect(needles.filter((needle) => text.includes(needle))).toEqual([]);
  }

  /** Nothing is pushed if the registry has it already, so there is no login. */
  function pushElsewhere(name: string): void {
    const manifest = workspace.read('manifest.yml');
    workspace.write({ 'manifest.yml': manifest.replace(/(nx-image-matrix-test\/app)\S*/, `$1-${name}`) });
  }

  function filesWithSecrets(folder: string): string[] {
    const patterns = needles.flatMap((needle) => ['-e', needle]);
    const { stdout } = spawnSync('grep', ['-rlF', ...patterns, '--exclude-dir=node_modules', folder], {
      encoding: 'utf8',
    });
    return stdout.split('\n').filter(Boolean);
  }

  it('of a build and a push are in no file, output, process list, image or graph', async () => {
    const run = await watchedRun(workspace, 'run-many -t docker-build docker-push --verbose', { environment });
    expect(run.output).toContain(`pushed ${registry.address}/nx-image-matrix-test/app:devel-slim`);
    expect(run.status).toBe(0);
    expect(run.output).toContain('the token is ***');
    expect(run.output).toContain('in the file is ***');
    expect(docker('run', '--rm', `${prefix}app:devel-slim`, 'cat', '/sum')).toContain(sha256(token));

    expectNoSecret(run.output);
    expect(run.commandLines.size).toBeGreaterThan(20);
    expectNoSecret([...run.commandLines].join('\n'));
    workspace.nxOk('graph --file=graph.json', environment);
    expect(filesWithSecrets(workspace.root).filter((file) => !file.endsWith('/.netrc'))).toEqual([]);
    expect(existsSync(`${workspace.root}/.nx`)).toBe(true);
    expectNoSecret(docker('image', 'inspect', `${prefix}app:devel-slim`));
    expectNoSecret(docker('image', 'history', '--no-trunc', `${prefix}app:devel-slim`));
  });

  it('are in no layer of the image, and not in what Nx and docker keep in the home folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'secrets-layers-'));
    docker('image', 'save', '--output', join(folder, 'image.tar'), `${prefix}app:devel-slim`);
    const unpack =
      'tar -xf image.tar && rm image.tar && for f in $(find . -type f); do gzip -dc "$f" > "$f.un" || rm "$f.un"; done';
    expect(spawnSync('bash', ['-c', unpack], { cwd: folder, stdio: 'ignore' }).error).toBeUndefined();
    expect(readdirSync(folder).length).toBeGreaterThan(1);
    expect(filesWithSecrets(folder)).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
    const home = ['.nx', '.docker'].map((name) => join(homedir(), name)).filter(existsSync);
    const ofThisRun = home
      .flatMap((path) => filesWithSecrets(path))
      .filter((file) => statSync(file).mtimeMs >= started);
    expect(ofThisRun).toEqual([]);
  });

  it('of a login are in a folder for this user only, which is removed after success, failure and TERM', async () => {
    pushElsewhere('first');
    const success = await watchedRun(workspace, 'run-many -t docker-push', { environment });
    expect([success.status, [...success.folders.values()].map((mode) => mode & 0o777)]).toEqual([0, [0o700]]);
    const wrong = 'another-Password';
    pushElsewhere('second');
    const failure = await watchedRun(workspace, 'run-many -t docker-push', {
      environment: { ...environment, HUB_PASSWORD: wrong },
    });
    expect(failure.status).toBe(1);
    expect(failure.output).toContain(`was not logged in to ${registry.address}`);
    expect(failure.output).not.toContain(wrong);
    const term = await watchedRun(workspace, 'run-many -t docker-push', {
      environment,
      onLook: ({ folders }, kill) => folders.size > 0 && kill('SIGTERM', false),
    });
    expect([failure.folders.size, term.folders.size]).toEqual([1, 1]);
    const folders = [...success.folders.keys(), ...failure.folders.keys(), ...term.folders.keys()];
    for (let tries = 0; tries < 100 && folders.some(existsSync); tries += 1) await sleep(100);
    expect(folders.filter(existsSync)).toEqual([]);
  });

  it('are masked in the log of a failed build, which is at the end', () => {
    workspace.edit(
      'templates/devel.Dockerfile.liquid',
      '> /sum',
      '> /sum && echo broken $(cat /run/secrets/pip) && false',
    );
    const { status, output } = workspace.nx('run-many -t docker-build', environment);
    expect(status).toBe(1);
    for (const line of ['the token is ***', 'broken ***']) expect(output).toContain(line);
    expectNoSecret(output);
    workspace.edit('templates/devel.Dockerfile.liquid', ' && echo broken $(cat /run/secrets/pip) && false', '');
  });

  it('that are missing are reported before the build', () => {
    docker('image', 'rm', '--force', `${prefix}app:devel-slim`);
    const { status, output } = workspace.nx(`run ${prefix}app-debian12-devel:docker-build`);
    expect(status).toBe(1);
    expect(output).toContain('the build secret "pip" needs the environment variable PIP_TOKEN, which is not set');
    expect(output).not.toContain('#1 ');
  });

  it.each([
    ['a build argument', 'ARG WHO', 'image.json'],
    ['a Dockerfile', `RUN echo ${account.password}`, 'Dockerfile'],
  ])('in %s are refused without being printed', (_, line, file) => {
    const template = workspace.read('templates/devel.Dockerfile.liquid');
    const manifest = workspace.read('manifest.yml');
    workspace.write({ 'templates/devel.Dockerfile.liquid': `${template}${line}\n` });
    if (file === 'image.json') {
      workspace.edit(
        'manifest.yml',
        'add_to_tags: slim\n',
        `add_to_tags: slim\n  args: { WHO: "${account.password}" }\n`,
      );
    }
    const { status, output } = workspace.nx(`run ${prefix}app-debian12-devel:docker-build`, environment);
    expect(status).toBe(1);
    expect(output).toMatch(
      new RegExp(String.raw`devel/${file}:\d+:\d+  error  secret-in-image .* variable HUB_PASSWORD`),
    );
    expectNoSecret(output);
    workspace.write({ 'templates/devel.Dockerfile.liquid': template, 'manifest.yml': manifest });
  });
});

function sha256(text: string): string {
  return spawnSync('sha256sum', { input: text, encoding: 'utf8' }).stdout.split(' ')[0]!;
}
