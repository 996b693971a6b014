import { smallMatrix, smallRepository } from '../support/matrices.ts';
import { removeImages, uniquePrefix } from '../support/engine.ts';
import { Workspace } from '../support/workspace.ts';

interface Row {
  project: string;
  upToDate: boolean;
  buildId: string | null;
  built: string;
  pushed: string;
  parents: string[];
  lastBuild: { buildId: string; size: number; duration: number; reason: string; pushed: object } | null;
}

describe('docker-matrix', () => {
  const prefix = uniquePrefix();
  const noEngine = { DOCKER_HOST: 'unix:///nowhere/docker.sock', PATH: process.env['PATH'] };
  let workspace: Workspace;

  const rows = (args = '', environment: NodeJS.ProcessEnv = {}): Row[] => {
    const output = workspace.nxOk(`run images:docker-matrix --json${args}`, environment);
    return JSON.parse(output.slice(output.indexOf('[\n'), output.lastIndexOf(']') + 1)) as Row[];
  };
  // Outside CI and without a terminal, Nx does not run anything that is out of sync.
  const states = (environment: NodeJS.ProcessEnv = { CI: 'true' }) =>
    Object.fromEntries(
      rows('', environment).map((row) => [
        row.project.slice(prefix.length),
        `${row.upToDate ? 'current' : 'stale'}, ${row.built}, ${row.pushed}`,
      ]),
    );

  beforeAll(() => {
    workspace = new Workspace({ files: smallMatrix, plugin: { prefix, engine: 'docker' } });
    workspace.nxOk('sync');
    workspace.nxOk(`run ${prefix}app-debian12-runtime:docker-push`, { PUSH_TO: '1' });
  });
  afterAll(() => {
    workspace.dispose();
    removeImages(prefix);
  });

  it('shows what is built and pushed', () => {
    expect(states()).toEqual({
      'app-debian12-base': 'current, built, none wanted',
      'app-debian12-devel': 'current, never, not pushed',
      'app-debian12-runtime': 'current, built, pushed',
      'app-debian13-base': 'current, never, none wanted',
      'app-debian13-runtime': 'current, never, not pushed',
    });
    const table = workspace.nxOk('run images:docker-matrix');
    expect(table).toMatch(/app-debian12-runtime +\S+ +up to date +built +pushed +\d+(\.\d+)? MB/);
    expect(table).toContain('5 images, 0 with stale files, 2 built, 1 pushed');
  });

  it('shows the last build, which is that of the current files', () => {
    const runtime = rows().find(({ project }) => project.endsWith('debian12-runtime'))!;
    expect(runtime.parents).toEqual([`${prefix}app-debian12-base`]);
    expect(runtime.lastBuild).toMatchObject({ buildId: runtime.buildId, reason: 'never built here' });
    expect(runtime.lastBuild!.size).toBeGreaterThan(1_000_000);
    expect(runtime.lastBuild!.duration).toBeGreaterThan(0);
    expect(Object.keys(runtime.lastBuild!.pushed)).toEqual([`${smallRepository}:1.2.3-slim-runtime`]);
  });

  it('shows the images with the requested tags', () => {
    const shown = (args: string) => rows(args).map(({ project }) => project.slice(prefix.length));
    expect(shown(' --tag distro:debian13,distro:debian12 --tag type:base')).toEqual([
      'app-debian12-base',
      'app-debian13-base',
    ]);
    expect(shown(' --tag=!type:base --tag=distro:debian13')).toEqual(['app-debian13-runtime']);
    const { status, output } = workspace.nx('run images:docker-matrix --tag distro:debain');
    expect(status).toBe(1);
    expect(output).toContain('No image has the tag "distro:debain". There are distro:debian, distro:debian12');
  });

  it('shows that the state is unknown without an engine, and succeeds', () => {
    expect(states(noEngine)['app-debian12-runtime']).toBe('current, unknown, pushed');
  });

  it('shows an edit, before and after the files are generated again', () => {
    workspace.edit('tools/app/entrypoint.sh', 'app on', 'the app on');
    workspace.edit('templates/base.Dockerfile.liquid', 'RUN echo', 'RUN  echo');
    expect(states()).toMatchObject({
      'app-debian12-base': 'stale, built, none wanted',
      'app-debian12-runtime': 'current, outdated, outdated',
    });
    workspace.nxOk('sync');
    expect(states()['app-debian12-base']).toBe('current, outdated, none wanted');
  });

  it('shows an image that is missing in the engine', () => {
    workspace.nxOk(`run ${prefix}app-debian12-devel:docker-build`);
    expect(states()['app-debian12-devel']).toBe('current, built, not pushed');
    removeImages(`${prefix}app:devel`);
    expect(states()['app-debian12-devel']).toBe('current, missing, not pushed');
  });
});
