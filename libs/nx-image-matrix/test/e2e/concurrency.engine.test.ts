import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runNx, startNx } from '../support/background-run.ts';
import { docker, registry, removeImages, uniquePrefix } from '../support/engine.ts';
import { leftovers } from '../support/leftovers.ts';
import { pushedVariables } from '../support/registry-content.ts';
import { rightStates, tinyContent, tinyImages, tinyStates } from '../support/tiny-images.ts';
import { Workspace } from '../support/workspace.ts';

const ok = { status: 0, output: expect.any(String) as string };

describe('several runs of nx at once in one workspace', () => {
  const prefix = uniquePrefix();
  const repository = `nx-image-matrix-test/${prefix}at-once`;
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({
      files: tinyImages(`${registry}/${repository}`, 0),
      plugin: { prefix },
      isolatePlugins: true,
    });
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  it.each([
    ['together', 0],
    ['one shortly after the other', 1_500],
  ])('build and push the same images right when they start %s', async (_, after) => {
    workspace.write(tinyContent(after));
    const first = runNx(workspace, 'run-many -t docker-push');
    await sleep(after);
    const results = await Promise.all([first, runNx(workspace, 'run-many -t docker-push')]);
    for (const { status, output } of results) expect([status, status === 0 ? '' : output]).toEqual([0, '']);
    expect(await tinyStates(workspace, prefix, repository)).toEqual(rightStates(after, true));
    expect(await leftovers(workspace, [prefix])).toEqual([]);
    expect(records(workspace)).toEqual(['build.json', 'build.json', 'build.json']);
    // Each image once, whichever run built it.
    const built = results.flatMap(({ output }) => [...output.matchAll(/^(\S+) built \(/gm)].map(([, name]) => name));
    expect(built.sort()).toEqual([`${prefix}app:1.0.0-runtime`, `${prefix}app:base`, `${prefix}app:devel`]);
  });

  it('an edit while files are generated results in the files of one or the other, and then in the right ones', async () => {
    workspace.write(tinyContent('before'));
    const generating = startNx(workspace, 'run-many -t docker-generate');
    while (!/Running \d+ tasks? with/.test(generating.output()) && !generating.ended()) await sleep(5);
    workspace.write(tinyContent('after'));
    const [first, second] = await Promise.all([generating.exit, runNx(workspace, 'run-many -t docker-generate')]);
    expect(second).toEqual(ok);
    expect(first.output).toMatch(/Successfully ran target|is not what it was when Nx made its project graph/);
    for (const name of ['base', 'runtime', 'devel']) {
      expect(workspace.read(`docker/app/debian12/${name}/Dockerfile`)).toMatch(
        /^FROM .*\nCOPY .*\nENV \w+=(before|after)\n$/,
      );
    }
    expect(await runNx(workspace, 'run-many -t docker-build')).toEqual(ok);
    expect(await tinyStates(workspace, prefix)).toEqual(rightStates('after'));
    expect(await leftovers(workspace, [prefix])).toEqual([]);
  });

  it('an edit while an image is built is detected, and the image does not count as current', async () => {
    workspace.write({
      'templates/devel.Dockerfile.liquid': 'FROM debian:bookworm-slim\nRUN sleep 4\nCOPY files/devel /devel\n',
    });
    const building = startNx(workspace, `run ${prefix}app-debian12-devel:docker-build --verbose`);
    while (!/RUN sleep 4/.test(building.output()) && !building.ended()) await sleep(20);
    workspace.write({ 'files/devel': 'edited meanwhile\n' });
    const { status, output } = await building.exit;
    expect([status, output]).toEqual([1, expect.stringContaining('was built, but files/devel changed meanwhile')]);
    workspace.write({ 'files/devel': 'devel after\n' });
    const next = await runNx(workspace, `run ${prefix}app-debian12-devel:docker-build`);
    expect(next).toEqual(ok);
    expect(next.output).toMatch(/app:devel built \(/);
    expect(docker('run', '--rm', `${prefix}app:devel`, 'cat', '/devel')).toBe('devel after');
  });
});

describe('two workspaces that build images of the same names on one engine', () => {
  const prefix = uniquePrefix();
  const contents = ['one', 'two'];
  const repositories = contents.map((content) => `nx-image-matrix-test/${prefix}${content}`);
  let workspaces: Workspace[];
  beforeAll(() => {
    workspaces = contents.map(
      (content, index) =>
        new Workspace({ files: tinyImages(`${registry}/${repositories[index]}`, content), plugin: { prefix } }),
    );
  });
  afterAll(() => {
    removeImages(prefix);
    for (const workspace of workspaces) workspace.dispose();
  });

  it.each([0, 2_000])('never push or start FROM an image of the other, %i ms apart', async (apart) => {
    for (const [index, workspace] of workspaces.entries()) workspace.write(tinyContent(own(index, apart)));
    const results = await Promise.all(
      workspaces.map(async (workspace, index) => {
        await sleep(index * apart);
        return runNx(workspace, 'run-many -t docker-push');
      }),
    );
    for (const [index, { status, output }] of results.entries()) {
      const outcome = status === 0 ? 'right' : refusal.test(output) ? 'refused' : output;
      expect(['right', 'refused']).toContain(outcome);
      for (const [tag, name] of Object.entries({ '1.0.0-runtime': 'RUNTIME', devel: 'DEVEL' })) {
        // A rejected run must not have pushed anything, or only an image from before.
        const fine = (status === 0 ? [apart] : [0, 2_000]).map((time) =>
          [`BASE=${own(index, time)}`, `${name}=${own(index, time)}`].sort(),
        );
        const found = await pushedVariables(repositories[index]!, tag);
        expect([...fine, ...(status === 0 ? [] : [undefined])]).toContainEqual(found);
      }
    }
    console.log(`${apart} ms apart: ${results.map(({ status }) => (status === 0 ? 'right' : 'refused')).join(', ')}`);
  });

  const own = (index: number, apart: number): string => `${contents[index]}-${apart}`;
  const refusal = new RegExp(
    [
      'another build has given its name to another image',
      'the parent image \\S+ is \\S+, not',
      'is another image \\(',
      'is not pushed: it was not built from the current files',
      'was pushed with \\S+, not',
      'is not pushed: its image \\S+ is gone from the engine',
      'something else has taken its name away meanwhile',
    ].join('|'),
  );
});

/** Names of all files of records. */
function records(workspace: Workspace): string[] {
  return readdirSync(join(workspace.root, 'dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}
