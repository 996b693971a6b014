import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker, removeImages, uniquePrefix } from '../support/engine.ts';
import { newestNx, packPlugin, versionOf } from '../support/installation.ts';
import { outside } from '../support/workspace.ts';

describe('the first five minutes', () => {
  const name = `${uniquePrefix()}shop`;
  let root: string;
  const times: [step: string, seconds: number][] = [];

  const step = (command: string): string => {
    const start = performance.now();
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
      cwd: root,
      env: outside(),
      encoding: 'utf8',
    });
    times.push([command.replace(/file:\S+\//, 'file:'), (performance.now() - start) / 1000]);
    if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}${stderr}`);
    return stdout + stderr;
  };
  const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, unknown>;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'first-steps-'));
  });
  afterAll(() => {
    console.log(times.map(([command, seconds]) => `${seconds.toFixed(1).padStart(6)} s  ${command}`).join('\n'));
    removeImages(name);
    rmSync(root, { recursive: true, force: true });
  });

  it('begin with a workspace that has nothing but Nx', () => {
    const write = (path: string, value: unknown) => writeFileSync(join(root, path), JSON.stringify(value, null, 2));
    write('package.json', {
      name,
      private: true,
      devDependencies: { nx: newestNx, '@nx/devkit': versionOf('@nx/devkit') },
    });
    write('nx.json', { neverConnectToCloud: true, analytics: false });
    writeFileSync(join(root, '.gitignore'), 'node_modules\ndist\n.nx\n');
    step('git init --quiet && npm install --prefer-offline --no-audit --no-fund --loglevel=error');
    expect(step('npx nx --version')).toContain(newestNx);
  });

  it('add the plugin', () => {
    step(`npx nx add nx-image-matrix@file:${packPlugin()}`);
    expect(json('package.json')).toMatchObject({ devDependencies: { 'nx-image-matrix': expect.any(String) } });
    expect(json('nx.json')).toMatchObject({
      plugins: [{ plugin: 'nx-image-matrix', options: { outputDir: 'docker' } }],
      sync: { globalGenerators: ['nx-image-matrix:sync'] },
    });
    expect(readFileSync(join(root, '.gitattributes'), 'utf8')).toBe('docker/** linguist-generated text=auto eol=lf\n');
    const [schema = ''] = Object.keys(json('.vscode/settings.json')['yaml.schemas'] as object);
    expect(json(schema)).toMatchObject({ title: 'Image matrix' });
  });

  it('begin a manifest, and say what comes next', () => {
    const output = step('npx nx g nx-image-matrix:manifest');
    expect(output).toContain('manifest.yml describes 2 images');
    expect(output).toContain('npx nx run-many -t docker-build');
  });

  it('build images that run', () => {
    step('npx nx run-many -t docker-build');
    expect(docker('run', '--rm', `${name}:0.1.0-slim-runtime`)).toBe(`${name} on Debian GNU/Linux 12 (bookworm)`);
    expect(step('npx nx sync:check')).toContain('up to date');
  });
});
