import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gitIgnored } from '../workspace/git.ts';
import { resolveOptions } from '../options/resolve-options.ts';
import { copyWarnings } from './git-warnings.ts';
import { mayBeFolder } from './produced-files.ts';
import { readMatrices } from './read-matrices.ts';

const manifest = (name: string) =>
  `packages: { ${name}: { runtime: [debian], devel: [debian] } }\n` +
  'release_types: { devel: { from: base } }\n' +
  'releases: { debian: { 12: { templates_dir: templates, base_image: "debian:12" } } }\n';

describe('copyWarnings', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'git-warnings-'));
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    write('.gitignore', '*.conf\nkey/\n');
    for (const [folder, name] of [
      ['', 'app'],
      ['api/', 'api'],
    ] as const) {
      write(`${folder}manifest.yml`, manifest(name));
      write(`${folder}templates/base.Dockerfile.liquid`, 'FROM {{ from }}\nCOPY local.conf /etc/\n');
      write(`${folder}templates/runtime.Dockerfile.liquid`, 'FROM {{ from }}\nCOPY local.conf key README.md /\n');
      write(`${folder}templates/devel.Dockerfile.liquid`, 'FROM {{ from }}\nCOPY ./local.conf key/ /\n');
    }
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const read = () => readMatrices(root, ['manifest.yml', 'api/manifest.yml'], resolveOptions(undefined), {}).matrices;
  const git = () => gitIgnored(root, ['local.conf', 'api/local.conf', 'key/', 'api/key/', 'README.md']);
  const warned = (producers: Iterable<readonly [string, { project: string; target: string }[]]>, problem?: string) =>
    copyWarnings(read(), git(), {
      producers: new Map(producers),
      artifacts: new Map(),
      ...(problem !== undefined && { problem }),
    }).map(({ file, message }) => `${file} ${/"[^"]*"/.exec(message)?.[0]}`);

  it('name each ignored path once, however many images copy it', () => {
    expect(warned([])).toEqual([
      'docker/app/debian12/base/Dockerfile "local.conf"',
      'docker/app/debian12/runtime/Dockerfile "key"',
      'api/docker/api/debian12/base/Dockerfile "api/local.conf"',
      'api/docker/api/debian12/runtime/Dockerfile "api/key"',
    ]);
  });

  it('omit what a target creates, and everything if the targets are unknown', () => {
    const made = [{ project: 'core', target: 'build' }];
    expect(warned([['local.conf', made]])).not.toContain('docker/app/debian12/base/Dockerfile "local.conf"');
    expect(warned([], 'Nx failed')).toEqual([]);
  });

  it('include folders that do not exist yet', () => {
    const [matrix] = read();
    const runtime = matrix!.images.find(({ image }) => image.releaseType === 'runtime')!;
    expect(['key', 'README.md', 'other'].map((path) => mayBeFolder(runtime, path))).toEqual([true, true, false]);
  });
});
