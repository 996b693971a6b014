import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registry, removeImages, uniquePrefix } from '../support/engine.ts';
import { FailureReport, readFailure } from '../support/failure-report.ts';
import { tinyContent, tinyImages } from '../support/tiny-images.ts';
import { mountFullDisk, whyNoTmpfs } from '../support/tmpfs.ts';
import { Workspace } from '../support/workspace.ts';

describe('an engine that cannot be used', () => {
  const prefix = uniquePrefix();
  const report = new FailureReport();
  let workspace: Workspace;
  let scratch: string;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'failing-engines-'));
    workspace = new Workspace({ files: tinyImages(`${registry}/${prefix}fails`, 0), plugin: { prefix } });
  });
  afterAll(() => {
    report.print();
    removeImages(prefix);
    workspace.dispose();
    rmSync(scratch, { recursive: true, force: true });
  });

  it.each<[name: string, environment: () => NodeJS.ProcessEnv | string, line: string, hint: string, below: string]>([
    [
      'the daemon does not run',
      () => ({ DOCKER_HOST: `unix://${scratch}/none.sock` }),
      'the docker daemon does not answer',
      'start it',
      'Cannot connect to the Docker daemon',
    ],
    [
      'docker without buildx',
      () => clientWithout(),
      'docker has no buildx plugin',
      'https://docs.docker.com/go/buildx/',
      '',
    ],
    [
      'a buildx that does not start',
      () => clientWith('#!/bin/sh\nexit 1\n'),
      'docker cannot start its buildx plugin',
      'https://docs.docker.com/go/buildx/',
      'exit status 1',
    ],
    [
      'no engine at all',
      () => ({ PATH: pathWith('git', 'sh') }),
      'no container engine was found',
      'install docker with buildx, podman',
      'podman: `podman` is not installed',
    ],
  ])('%s: one line, what to do, and its own words', (name, environment, line, hint, below) => {
    const chosen = environment();
    if (typeof chosen === 'string') {
      report.leaveOut(name, chosen);
      return;
    }
    const { status, output } = workspace.nx('run-many -t docker-build', chosen);
    const found = readFailure(output, line);
    report.add(name, found);
    expect(found).toEqual({
      line: expect.stringMatching(new RegExp(`  error  (?:no-engine|daemon-failed)  ${line}`)),
      hint: expect.stringContaining(hint),
      below: expect.stringContaining(below),
    });
    expect(status).not.toBe(0);
    // Printed once, although no image can be built.
    expect(output.split(hint).length - 1).toBe(1);
    expect(filesIn('dist')).toBe('');
  });

  it('a missing base image: one line, what to do, and its own words', () => {
    const missing = `${registry}/${prefix}none:1`;
    workspace.edit('manifest.yml', 'base_image: scratch', `base_image: "${missing}"`);
    const { status, output } = workspace.nx('run-many -t docker-build');
    const found = readFailure(output, 'base image');
    report.add('a base image that is missing', found);
    expect(found).toEqual({
      line: `${prefix}app-debian12-base  error  build-failed  ${prefix}app:base was not built: the engine does not get its base image ${missing}`,
      hint: expect.stringContaining('check the name of the base image'),
      below: expect.stringContaining('not found'),
    });
    expect(status).not.toBe(0);
    expect(filesIn('dist')).toBe('');
    workspace.edit('manifest.yml', `base_image: "${missing}"`, 'base_image: scratch');
  });

  it.each([
    ['docker', 'the disk of the output folder is full'],
    ['dist', 'the disk of dist is full'],
  ])('%s on a disk that is full: one line that names the file, and nothing half-written', (folder, name) => {
    const reason = whyNoTmpfs();
    if (reason) {
      report.leaveOut(name, reason);
      return;
    }
    workspace.remove(folder);
    // Nx would restore the earlier files from its cache, and print its own error when it cannot.
    workspace.write(tinyContent(folder));
    const unmount = mountFullDisk(join(workspace.root, folder));
    try {
      const { status, output } = workspace.nx('run-many -t docker-build');
      const found = readFailure(output, 'Cannot write');
      report.add(name, found);
      expect(found.line).toMatch(
        new RegExp(
          `^${prefix}app-debian12-\\w+: Cannot write ${workspace.root}/${folder}/\\S+: the disk is full; free space on it`,
        ),
      );
      expect(status).not.toBe(0);
      expect(filesIn(folder)).toBe(`${folder}/full\n`);
    } finally {
      unmount();
    }
    expect(workspace.nx('run-many -t docker-build')).toMatchObject({ status: 0 });
  });

  function filesIn(folder: string): string {
    return spawnSync('find', [folder, '-type', 'f'], { cwd: workspace.root, encoding: 'utf8' }).stdout;
  }

  /** A client that does not find its plugins; system-wide plugins cannot be hidden. */
  function clientWithout(): NodeJS.ProcessEnv | string {
    const environment = { DOCKER_CONFIG: mkdtempSync(join(scratch, 'client-')) };
    const { status } = spawnSync('docker', ['buildx', 'version'], { env: { ...process.env, ...environment } });
    return status === 0 ? 'buildx is installed for all users' : environment;
  }

  function clientWith(plugin: string): NodeJS.ProcessEnv {
    const folder = mkdtempSync(join(scratch, 'client-'));
    mkdirSync(join(folder, 'cli-plugins'));
    writeFileSync(join(folder, 'cli-plugins/docker-buildx'), plugin);
    chmodSync(join(folder, 'cli-plugins/docker-buildx'), 0o755);
    return { DOCKER_CONFIG: folder };
  }

  function pathWith(...names: string[]): string {
    const folder = mkdtempSync(join(scratch, 'path-'));
    for (const name of names) {
      const { stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
      symlinkSync(stdout.trim(), join(folder, name));
    }
    return folder;
  }
});
