import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startNx } from '../support/background-run.ts';
import { registry, uniquePrefix } from '../support/engine.ts';
import { FailureReport, readFailure } from '../support/failure-report.ts';
import { leftovers } from '../support/leftovers.ts';
import { OwnDocker, whyNoOwnDocker } from '../support/own-docker.ts';
import { tinyImages } from '../support/tiny-images.ts';
import { Workspace } from '../support/workspace.ts';

describe('an engine that fails at work', () => {
  const prefix = uniquePrefix();
  const report = new FailureReport();
  const reason = whyNoOwnDocker();
  let docker: OwnDocker;
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = new Workspace({ files: tinyImages(`${registry}/${prefix}fails`, 0), plugin: { prefix } });
    for (const path of shellFiles()) {
      const target = join(workspace.root, 'files/root', path);
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(path, target);
    }
    workspace.edit('templates/base.Dockerfile.liquid', 'COPY', 'COPY files/root /\nCOPY');
    if (reason) return;
    docker = new OwnDocker('64m');
    await docker.start();
  });
  afterAll(async () => {
    report.print();
    await docker?.stop();
    workspace.dispose();
  });

  const record = (name: string) => existsSync(join(workspace.root, `dist/docker/app/debian12/${name}/build.json`));
  const build = (flag = '') => startNx(workspace, `run-many -t docker-build ${flag}`, { DOCKER_HOST: docker.host });
  const isLeftOut = (name: string): boolean => {
    if (reason) report.leaveOut(name, reason);
    return reason !== undefined;
  };

  it('its daemon is killed in mid-build: one line, what to do, its own words, and what was finished is kept', async () => {
    if (isLeftOut('the daemon is killed in mid-build')) return;
    workspace.edit('templates/devel.Dockerfile.liquid', 'COPY', 'RUN /bin/sleep 300\nCOPY');
    const run = build('--verbose');
    const sleeps = () => /RUN \/bin\/sleep 300\s/.test(run.output()) && run.output().includes('-runtime built (');
    while (!sleeps() && !run.ended()) await sleep(20);
    await sleep(500);
    await docker.kill();
    const { status, output } = await run.exit;
    const found = readFailure(output, 'went away');
    report.add('the daemon is killed in mid-build', found);
    expect(found).toEqual({
      line: `${prefix}app-debian12-devel  error  daemon-failed  ${prefix}app:devel was not built: the docker daemon went away meanwhile`,
      hint: expect.stringContaining('start it again'),
      below: expect.stringContaining('ERROR:'),
    });
    expect([status, record('devel')]).toEqual([1, false]);
    expect(await leftovers(workspace, [prefix])).toEqual([]);

    workspace.edit('templates/devel.Dockerfile.liquid', 'RUN /bin/sleep 300\n', '');
    await docker.start();
    const next = await build().exit;
    expect([next.status, next.status === 0 ? '' : next.output]).toEqual([0, '']);
    expect(next.output).toContain(`${prefix}app:base is up to date`);
    expect(record('devel')).toBe(true);
  });

  it('its image store holds one platform, and the manifest names two: one line, and what to do', async () => {
    if (isLeftOut('an image store that holds one platform')) return;
    workspace.edit('manifest.yml', '{ 12: }', '{ 12: { platforms: [linux/amd64, linux/arm64] } }');
    const { status, output } = await build().exit;
    const found = readFailure(output, 'linux/arm64');
    report.add('an image store that holds one platform', found);
    expect(found).toMatchObject({
      line: `${prefix}app-debian12-base  error  unsupported  ${prefix}app:base is for linux/amd64 and linux/arm64, and docker keeps only one here`,
      hint: expect.stringContaining('containerd-snapshotter'),
    });
    expect(status).toBe(1);
    workspace.edit('manifest.yml', '{ 12: { platforms: [linux/amd64, linux/arm64] } }', '{ 12: }');
  });

  it('its disk is full: one line, what to do, its own words, and the other images are built', async () => {
    if (isLeftOut('the disk of the engine is full')) return;
    workspace.write({ 'files/devel': '', 'files/runtime': 'changed\n' });
    workspace.remove('dist/docker/app/debian12/devel');
    truncateSync(join(workspace.root, 'files/devel'), 100 * 1024 * 1024);
    const { status, output } = await build().exit;
    const found = readFailure(output, 'disk');
    report.add('the disk of the engine is full', found);
    expect(found).toEqual({
      line: `${prefix}app-debian12-devel  error  build-failed  ${prefix}app:devel was not built: a disk of the engine is full`,
      hint: expect.stringContaining('docker builder prune'),
      below: expect.stringContaining('no space left on device'),
    });
    expect([status, record('devel')]).toEqual([1, false]);
    expect(output).toContain(`${prefix}app:1.0.0-runtime built (`);
  });

  /** A shell, and the files that it needs to start. */
  function shellFiles(): string[] {
    return ['/bin/sh', '/bin/sleep'].flatMap((program) => {
      const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
      return [program, ...[...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path]) => path!)];
    });
  }
});
