import { readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startNx, type BackgroundRun } from '../support/background-run.ts';
import { docker, removeImages, uniquePrefix } from '../support/engine.ts';
import { smallMatrix } from '../support/matrices.ts';
import { Workspace } from '../support/workspace.ts';

/** A workspace with Nx's daemon, in which each edit starts a run of a target. */
class Watch {
  readonly workspace: Workspace;
  readonly #environment: NodeJS.ProcessEnv;
  #run: BackgroundRun | undefined;

  constructor(prefix: string) {
    this.workspace = new Workspace({ files: smallMatrix, plugin: { prefix }, isolatePlugins: true });
    const path = [join(this.workspace.root, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
    this.#environment = { NX_DAEMON: 'true', PATH: path };
  }

  async start(target: string): Promise<void> {
    this.workspace.nxOk(`run-many -t ${target}`, this.#environment);
    this.workspace.commit('generated');
    const command = `watch --all --includeGlobalWorkspaceFiles --verbose -- nx run-many -t ${target}`;
    const run = startNx(this.workspace, command, this.#environment);
    this.#run = run;
    await until(() => run.output().includes('watch process waiting'), run.output);
  }

  /** The files that have changed after an edit and the runs that it starts. */
  async after<T>(edit: (workspace: Workspace) => void, changed: () => T[]): Promise<T[]> {
    const started = performance.now();
    edit(this.workspace);
    await until(() => changed().length > 0, this.#run!.output);
    process.stdout.write(`nx watch: first change after ${Math.round(performance.now() - started)} ms\n`);
    let output = '';
    while (output !== this.#run!.output()) {
      output = this.#run!.output();
      await sleep(4_000);
    }
    return changed();
  }

  async end(): Promise<void> {
    if (this.#run && !this.#run.ended()) {
      this.#run.kill('SIGTERM', true);
      await this.#run.exit;
    }
    this.workspace.nx('daemon --stop', this.#environment);
    this.workspace.dispose();
  }
}

async function until(done: () => boolean, output: () => string): Promise<void> {
  for (let tries = 0; !done(); tries++) {
    if (tries > 1_200) throw new Error(`Nothing came for a long time:\n${output()}`);
    await sleep(50);
  }
}

describe('nx watch with the documented command', () => {
  const prefix = uniquePrefix();
  let watch: Watch;
  beforeEach(() => (watch = new Watch(prefix)));
  afterEach(() => watch.end());

  it('generates the images that an edit of a template or of the manifest changes, and no others', async () => {
    await watch.start('docker-generate');
    const output = join(watch.workspace.root, 'docker');
    const times = (): Map<string, number> =>
      new Map(
        readdirSync(output, { recursive: true, encoding: 'utf8' })
          .filter((path) => path.endsWith('Dockerfile'))
          .map((path) => [path, statSync(join(output, path)).mtimeMs]),
      );
    let before = times();
    const written = () => [...times()].flatMap(([path, time]) => (before.get(path) === time ? [] : [path])).sort();
    expect(
      await watch.after(
        (workspace) => workspace.edit('templates/devel.Dockerfile.liquid', 'echo devel', 'echo edited'),
        written,
      ),
    ).toEqual(['app/debian12/devel/Dockerfile']);
    before = times();
    expect(
      await watch.after(
        (workspace) => workspace.edit('manifest.yml', 'base_image: debian:trixie-slim', 'base_image: debian:13'),
        written,
      ),
    ).toEqual(['app/debian13/base/Dockerfile']);
    expect(readFileSync(join(output, 'app/debian13/base/Dockerfile'), 'utf8')).toContain('FROM debian:13\n');
  });

  it('builds the images that an edit of a copied file or of a template changes, and no others', async () => {
    try {
      await watch.start('docker-build');
      const ids = (): Map<string, string> =>
        new Map(
          docker('image', 'ls', '--no-trunc', '--format', '{{.Repository}}:{{.Tag}} {{.ID}}')
            .split('\n')
            .filter((line) => line.startsWith(prefix))
            .map((line) => [line.split(' ')[0]!.slice(prefix.length), line.split(' ')[1]!]),
        );
      let before = ids();
      const built = () => [...ids()].flatMap(([name, id]) => (before.get(name) === id ? [] : [name])).sort();
      expect(
        await watch.after((workspace) => workspace.edit('tools/app/entrypoint.sh', 'app on', 'an app on'), built),
      ).toEqual(['app:1.2.3-slim-runtime', 'app:1.2.3-slim13-runtime']);
      before = ids();
      expect(
        await watch.after(
          (workspace) => workspace.edit('templates/devel.Dockerfile.liquid', 'echo devel', 'echo edited'),
          built,
        ),
      ).toEqual(['app:devel-slim']);
    } finally {
      removeImages(prefix);
    }
  });
});
