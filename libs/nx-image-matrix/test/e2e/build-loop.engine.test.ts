import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace } from '../support/workspace.ts';
import { runInTerminal } from '../support/terminal.ts';
import { smallMatrix, smallMatrixImages } from '../support/matrices.ts';
import { docker, removeImages, uniquePrefix } from '../support/engine.ts';

describe('the edit-and-build loop, without a terminal', () => {
  let workspace: Workspace;
  const prefix = uniquePrefix();
  const named = (name: string) => `${prefix}${name}`;

  beforeAll(() => {
    workspace = new Workspace({ files: smallMatrix, plugin: { prefix } });
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  const build = (...args: string[]) => workspace.nxOk(['run-many -t docker-build', ...args].join(' '));
  const outcomes = (output: string) => ({
    built: [...output.matchAll(/^(\S+) built \(/gm)].map(([, reference]) => reference!.slice(prefix.length)).sort(),
    upToDate: [...output.matchAll(/^(\S+) is up to date/gm)]
      .map(([, reference]) => reference!.slice(prefix.length))
      .sort(),
  });
  const references = [
    'app:1.2.3-slim-runtime',
    'app:1.2.3-slim13-runtime',
    'app:base-slim',
    'app:base-slim13',
    'app:devel-slim',
  ];

  it('builds every image of a workspace that has no generated file yet', () => {
    expect(existsSync(join(workspace.root, 'docker'))).toBe(false);
    expect(outcomes(build())).toEqual({ built: references, upToDate: [] });
    expect(docker('run', '--rm', `${prefix}app:1.2.3-slim-runtime`)).toBe('app on debian12');
    expect(docker('run', '--rm', `${prefix}app:1.2.3-slim13-runtime`)).toBe('app on debian13');
  });

  it('writes a record of each build', () => {
    const record = workspace.readJson('dist/docker/app/debian12/runtime/build.json');
    const id = docker('image', 'inspect', '--format', '{{.Id}}', `${prefix}app:1.2.3-slim-runtime`);
    expect(record).toMatchObject({
      reference: `${prefix}app:1.2.3-slim-runtime`,
      tags: ['1.2.3-slim-runtime'],
      imageId: id,
      buildId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      size: expect.any(Number),
      platform: expect.stringMatching(/^linux\//),
      engine: expect.stringMatching(/^docker /),
    });
  });

  it('builds nothing the second time, and says so with the build ID', () => {
    const output = build();
    expect(outcomes(output)).toEqual({ built: [], upToDate: references });
    expect(output).toMatch(/is up to date \(build ID [0-9a-f]{12}\)/);
  });

  it('rebuilds only the images of an edited template', () => {
    workspace.edit('templates/devel.Dockerfile.liquid', 'echo devel', 'echo edited');
    expect(outcomes(build())).toEqual({
      built: ['app:devel-slim'],
      upToDate: references.filter((reference) => reference !== 'app:devel-slim'),
    });
    expect(docker('run', '--rm', `${prefix}app:devel-slim`, 'cat', '/devel')).toBe('edited');
  });

  it('rebuilds the images that start FROM a changed image as well', () => {
    workspace.edit(
      'manifest.yml',
      'base_image: debian:trixie-slim',
      'base_image: debian:trixie-slim\n      envars: [LANG=C]',
    );
    expect(outcomes(build()).built).toEqual(['app:1.2.3-slim13-runtime', 'app:base-slim13']);
  });

  it('rebuilds the images that copy a changed file', () => {
    workspace.edit('tools/app/entrypoint.sh', 'app on', 'new app on');
    expect(outcomes(build()).built).toEqual(['app:1.2.3-slim-runtime', 'app:1.2.3-slim13-runtime']);
    expect(docker('run', '--rm', `${prefix}app:1.2.3-slim-runtime`)).toBe('new app on debian12');
  });

  it('restores deleted generated files', () => {
    workspace.remove('docker');
    expect(outcomes(build()).built).toEqual([]);
    expect(existsSync(join(workspace.root, 'docker/app/debian12/runtime/Dockerfile'))).toBe(true);
  });

  it('works the same with generated files that git ignores', () => {
    workspace.write({ '.gitignore': 'node_modules\ndist\n.nx\ndocker\n' });
    workspace.remove('docker');
    workspace.edit('templates/devel.Dockerfile.liquid', 'echo edited', 'echo ignored');
    expect(outcomes(build()).built).toEqual(['app:devel-slim']);
    expect(outcomes(build()).built).toEqual([]);
    expect(docker('run', '--rm', `${prefix}app:devel-slim`, 'cat', '/devel')).toBe('ignored');
  });

  it('builds an image that is missing in the engine', () => {
    docker('image', 'rm', '--force', `${prefix}app:devel-slim`);
    const output = build();
    expect(outcomes(output).built).toEqual(['app:devel-slim']);
    expect(output).toContain('missing in the engine');
  });

  it('only tags an image whose tag changed', () => {
    workspace.edit('manifest.yml', 'version: 1.2.3', 'version: 1.2.4');
    const output = build();
    expect(outcomes(output).built).toEqual([]);
    expect(output).toContain(`${prefix}app:1.2.4-slim-runtime is up to date under a new tag`);
    expect(docker('run', '--rm', `${prefix}app:1.2.4-slim-runtime`)).toBe('new app on debian12');
  });

  it('builds an up-to-date image with force, and nothing else', () => {
    const output = workspace.nxOk(`run ${named('app-debian12-devel')}:docker-build --force`);
    expect(outcomes(output)).toEqual({ built: ['app:devel-slim'], upToDate: ['app:base-slim'] });
  });

  it('rebuilds images whose parent has been rebuilt since', () => {
    workspace.nxOk(`run ${named('app-debian13-base')}:docker-build`, { IMAGE_REFRESH: '1' });
    const { status, output: refused } = workspace.nx(
      `run ${named('app-debian13-runtime')}:docker-push --exclude-task-dependencies`,
      { PUSH_TO: '1' },
    );
    expect(status).toBe(1);
    expect(refused).toContain(`is not pushed: its parent ${named('app-debian13-base')} was rebuilt.`);
    const output = build();
    expect(outcomes(output).built).toEqual(['app:1.2.4-slim13-runtime']);
    expect(output).toContain(`its parent ${named('app-debian13-base')} was rebuilt`);
    expect(outcomes(build()).built).toEqual([]);
  });

  it('builds a single image without batches as well', () => {
    docker('image', 'rm', '--force', `${prefix}app:devel-slim`);
    expect(outcomes(build('--no-batch --output-style=static')).built).toEqual(['app:devel-slim']);
  });

  it('ends with the last log lines of a failed build, and builds the others', () => {
    workspace.edit('templates/devel.Dockerfile.liquid', 'echo ignored > /devel', 'echo no such thing >&2 && false');
    workspace.edit('tools/app/entrypoint.sh', 'new app', 'newer app');
    const { status, output } = workspace.nx('run-many -t docker-build');
    expect(status).toBe(1);
    expect(outcomes(output).built).toEqual(['app:1.2.4-slim-runtime', 'app:1.2.4-slim13-runtime']);
    expect(output).toContain('no such thing');
    expect(output).toMatch(/app-debian12-devel {2}error {2}build-failed {2}.*devel-slim/);
  });

  it.each([
    ['where Nx redraws the last lines', {}],
    ['where it does not', { NX_TASKS_RUNNER_DYNAMIC_OUTPUT: 'false' }],
  ])(
    'leaves a line for each start and each end in a terminal, and the log of what failed below, %s',
    (_, environment) => {
      docker('image', 'rm', '--force', `${prefix}app:base-slim13`);
      const terminal = { CI: 'false', NX_TUI: 'false', ...environment };
      const { command, args, options } = workspace.nxCommand('run-many -t docker-build', terminal);
      const { status, lines } = runInTerminal([command, ...args].join(' '), options);
      expect(status).toBe(1);
      const starts = lines.filter((line) => line.startsWith('building ')).map((line) => line.split(' ')[1]);
      expect(starts.sort()).toEqual([`${prefix}app:base-slim13`, `${prefix}app:devel-slim`]);
      const ends = lines.filter((line) => line.startsWith(prefix) && /^\S+ (built|is up to date|failed) /.test(line));
      expect(ends.map((line) => line.split(' ')[0]).sort()).toEqual(
        [...references.filter((name) => !name.includes('devel')), 'app-debian12-devel']
          .map((name) => `${prefix}${name.replace('1.2.3', '1.2.4')}`)
          .sort(),
      );
      const log = lines.findIndex((line) => /^ *#\d+ .*no such thing$/.test(line));
      expect(log).toBeGreaterThan(lines.lastIndexOf(ends.at(-1)!));
      expect(lines.filter((line) => line.includes('Running target docker-build')).length).toBeLessThan(5);
    },
  );

  it('leaves no process of the engine behind', () => {
    const { stdout } = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    expect(stdout.split('\n').filter((line) => line.includes('buildx') && line.includes(workspace.root))).toEqual([]);
  });

  it('says in one line what to install without an engine, and below what was tried', () => {
    const tools = join(workspace.root, 'dist/tools');
    mkdirSync(tools, { recursive: true });
    for (const tool of ['git', 'node', 'sh']) {
      const found = (process.env['PATH'] ?? '')
        .split(':')
        .map((folder) => join(folder, tool))
        .find(existsSync);
      if (!existsSync(join(tools, tool))) symlinkSync(found!, join(tools, tool));
    }
    const { status, output } = workspace.nx('run-many -t docker-build', { PATH: tools });
    expect(status).toBe(1);
    expect(output).toMatch(/error  no-engine  no container engine was found\nhint: install docker with buildx, podman/);
    expect(output.match(/install docker with buildx/g)).toHaveLength(1);
  });

  it('has built all of them in the end', () => {
    workspace.edit('templates/devel.Dockerfile.liquid', 'echo no such thing >&2 && false', 'echo mended > /devel');
    expect(outcomes(build()).built).toEqual(['app:devel-slim']);
    expect(workspace.images()).toEqual(smallMatrixImages.map(named));
  });

  it('treats an image for another platform as another image', () => {
    workspace.write({
      'manifest.yml': workspace
        .read('manifest.yml')
        .replaceAll('base_image: debian:bookworm-slim', 'base_image: scratch'),
      'templates/base.Dockerfile.liquid': 'FROM {{ from }}\nCOPY README.md /distro\n',
      'templates/devel.Dockerfile.liquid': 'FROM {{ from }}\nENV A=1\n',
    });
    const devel = `-p ${named('app-debian12-devel')}`;
    const architecture = () => docker('image', 'inspect', '--format', '{{.Architecture}}', `${prefix}app:devel-slim`);
    workspace.nxOk(`run-many -t docker-build ${devel}`);
    const own = architecture();
    const other = own === 'arm64' ? 'amd64' : 'arm64';
    workspace.nxOk(`run-many -t docker-build ${devel}`, { DOCKER_DEFAULT_PLATFORM: `linux/${other}` });
    expect(architecture()).toBe(other);
    workspace.nxOk(`run-many -t docker-build ${devel}`);
    expect(architecture()).toBe(own);
  });
});
