import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace } from '../support/workspace.ts';
import { removeImages, uniquePrefix } from '../support/engine.ts';

const parallel = 2;
const packages = Array.from({ length: 19 }, (_, index) => `step${index}`);

const files = {
  'manifest.yml': `version: 1.0.0
release_types: { devel: { from: base } }
release_spec: { templates_dir: templates, base_image: "debian:bookworm-slim" }
packages:
  app:
${packages.map((name) => `    ${name}: [debian]`).join('\n')}
releases: { debian: { 12: } }
`.replace('release_types: {', `release_types: { ${packages.map((name) => `${name}: { from: base }`).join(', ')},`),
  'templates/base.Dockerfile.liquid': 'FROM {{ from }}\nRUN echo base > /base\n',
  ...Object.fromEntries(
    packages.map((name) => [
      `templates/${name}.Dockerfile.liquid`,
      `FROM {{ from }}\nRUN sleep 1 && echo ${name} {{ name }} > /step\n`,
    ]),
  ),
};

describe('a build of twenty images that is interrupted in the middle', () => {
  const prefix = uniquePrefix();
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files, plugin: { prefix, maxParallel: parallel }, isolatePlugins: true });
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  it('ends at once, leaves nothing running and nothing half-written, and goes on from there', async () => {
    const first = await interruptAfter(6);
    const finished = built(first);
    expect(finished.length).toBeGreaterThanOrEqual(6);
    expect(finished.length).toBeLessThan(20);
    expect(running()).toEqual([]);
    expect(halfWritten(join(workspace.root, 'dist'))).toEqual([]);
    expect(halfWritten(join(workspace.root, 'docker'))).toEqual([]);

    const second = workspace.nxOk('run-many -t docker-build');
    const rebuilt = built(second).filter((reference) => finished.includes(reference));
    expect(rebuilt).toEqual([]);
    // Of the two that are built at a time, one may be complete when the signal comes, and its line not be printed any more.
    const printed = finished.length + built(second).length;
    expect(printed).toBeLessThanOrEqual(20);
    expect(printed).toBeGreaterThanOrEqual(20 - parallel);
    expect(built(workspace.nxOk('run-many -t docker-build'))).toEqual([]);
  });

  /** Presses Ctrl-C, which a terminal sends to the whole process group, after that many images. */
  function interruptAfter(images: number): Promise<string> {
    return new Promise((resolve) => {
      const { command, args, options } = workspace.nxCommand('run-many -t docker-build');
      const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      let sent = false;
      const read = (chunk: Buffer): void => {
        output += chunk.toString();
        if (sent || built(output).length < images) return;
        sent = true;
        process.kill(-child.pid!, 'SIGINT');
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.on('close', () => resolve(output));
    });
  }

  function built(output: string): string[] {
    return [...output.matchAll(/^(\S+) built \(/gm)].map(([, reference]) => reference!);
  }

  function running(): string[] {
    const { stdout } = spawnSync('ps', ['-eo', 'pid,stat,args'], { encoding: 'utf8' });
    const ours = new RegExp(`${workspace.root}|${prefix}`);
    return stdout.split('\n').filter((line) => ours.test(line) && !/^\s*\d+ Z/.test(line));
  }

  function halfWritten(folder: string): string[] {
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.tmp'));
  }
});
