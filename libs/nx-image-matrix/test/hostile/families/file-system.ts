import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:net';
import { healthy, runtimeTemplate, type HostileCase } from '../hostile-case.ts';
import type { Sandbox } from '../sandbox.ts';

const RUNTIME = 'templates/runtime.Dockerfile.liquid';
const outsideRoot = { code: 'template-outside-root' };
const unreadable = { code: 'unreadable-file' };

/** Replaces a file or folder with a symbolic link. */
function link(sandbox: Sandbox, path: string, target: string): void {
  rmSync(sandbox.path(path), { recursive: true, force: true });
  mkdirSync(join(sandbox.path(path), '..'), { recursive: true });
  symlinkSync(target, sandbox.path(path));
}

function folder(sandbox: Sandbox, path: string): void {
  rmSync(sandbox.path(path), { recursive: true, force: true });
  mkdirSync(sandbox.path(path), { recursive: true });
}

function socket(sandbox: Sandbox, path: string): void {
  rmSync(sandbox.path(path), { force: true });
  createServer().listen(sandbox.path(path)).unref();
}

const evil = (sandbox: Sandbox): string => {
  const file = join(sandbox.outside, 'evil.liquid');
  writeFileSync(file, 'FROM {{ from }}\nRUN evil\n');
  return file;
};

const partial = (name: string): Record<string, string> => runtimeTemplate(`FROM {{ from }}\n{% render "${name}" %}\n`);

/** Links that lead outside, special files, full and read-only disks. */
export const fileSystemCases: HostileCase[] = [
  { what: 'a partial by an absolute path', files: partial('/etc/passwd'), ends: outsideRoot },
  { what: 'a partial by ..', files: partial('../../outside/precious.txt'), ends: outsideRoot },
  { what: 'a partial with a NUL', files: partial('a\0b'), ends: { code: 'missing-template' } },
  { what: 'a partial whose name is too long', files: partial('a/'.repeat(20_000)), ends: { code: 'missing-template' } },
  {
    what: 'a partial that is a link outside',
    files: partial('a'),
    prepare: (box) => link(box, 'templates/a.liquid', evil(box)),
    ends: outsideRoot,
  },
  {
    what: 'a partial in a folder that is a link outside',
    files: partial('a/evil'),
    prepare: (box) => (evil(box), link(box, 'templates/a', box.outside)),
    ends: outsideRoot,
  },
  {
    what: 'a partial that is a link to nothing',
    files: partial('a'),
    prepare: (box) => link(box, 'templates/a.liquid', 'nothing'),
    ends: { code: 'missing-template' },
  },
  {
    what: 'a partial that is a link to itself',
    files: partial('a'),
    prepare: (box) => link(box, 'templates/a.liquid', 'a.liquid'),
    ends: { code: 'missing-template' },
  },
  {
    what: 'a partial that is a pipe',
    files: partial('a'),
    prepare: (box) => box.pipe('templates/a.liquid'),
    ends: { code: 'missing-template' },
  },
  { what: 'a template that is a link outside', prepare: (box) => link(box, RUNTIME, evil(box)), ends: outsideRoot },
  {
    what: 'a template that is a link to nothing',
    prepare: (box) => link(box, RUNTIME, 'nothing'),
    ends: { code: 'missing-template' },
  },
  { what: 'a template that is a pipe', prepare: (box) => box.pipe(RUNTIME), ends: { code: 'missing-template' } },
  { what: 'a template that is a folder', prepare: (box) => folder(box, RUNTIME), ends: { code: 'missing-template' } },
  {
    what: 'a template that is a device',
    prepare: (box) => link(box, RUNTIME, '/dev/zero'),
    ends: { code: 'missing-template' },
  },
  {
    what: 'a template that nobody may read',
    prepare: (box) => chmodSync(box.path(RUNTIME), 0o000),
    unprivileged: true,
    ends: { code: 'template-error', says: /permission/ },
  },
  { what: 'a pipe that no template names', prepare: (box) => box.pipe('templates/pipe'), ends: 'success' },
  {
    what: 'an endless device that no template names',
    prepare: (box) => link(box, 'templates/zero', '/dev/zero'),
    ends: 'success',
  },
  {
    what: 'a file of 10 GB that no template names',
    prepare: (box) => (box.write('templates/huge', ''), truncateSync(box.path('templates/huge'), 10e9)),
    ends: 'success',
  },
  {
    what: 'a file of 1.5 GB that no template names',
    prepare: (box) => (box.write('templates/huge', ''), truncateSync(box.path('templates/huge'), 1.5e9)),
    ends: 'success',
  },
  {
    what: 'a templates folder that is a link outside',
    prepare: (box) => link(box, 'templates', box.outside),
    ends: outsideRoot,
  },
  {
    what: 'a templates folder that is a file',
    prepare: (box) => (
      folder(box, 'templates'),
      rmSync(box.path('templates'), { recursive: true }),
      box.write('templates', 'x')
    ),
    ends: { code: 'missing-template' },
  },
  ...[
    ['a pipe', (box: Sandbox) => box.pipe('templates/runtime/pipe')],
    ['a socket', (box: Sandbox) => socket(box, 'templates/runtime/socket')],
    ['a device', (box: Sandbox) => link(box, 'templates/runtime/zero', '/dev/zero')],
    ['a link outside', (box: Sandbox) => link(box, 'templates/runtime/evil', evil(box))],
    ['a link to nothing', (box: Sandbox) => link(box, 'templates/runtime/nothing', 'nothing')],
    ['a link to the folder above', (box: Sandbox) => link(box, 'templates/runtime/loop', '..')],
    ['a link to itself', (box: Sandbox) => link(box, 'templates/runtime/loop', 'loop')],
    [
      'a file of 1.5 GB',
      (box: Sandbox) => (
        box.write('templates/runtime/huge', ''),
        truncateSync(box.path('templates/runtime/huge'), 1.5e9)
      ),
    ],
  ].map(([what, prepare]): HostileCase => ({
    what: `a further file that is ${what as string}`,
    files: { 'templates/runtime/Dockerfile.liquid': 'FROM {{ from }}\n' },
    prepare: (box) => (rmSync(box.path(RUNTIME)), (prepare as (box: Sandbox) => void)(box)),
    ends: {
      code:
        (what as string).includes('outside') || (what as string).includes('device')
          ? 'template-outside-root'
          : 'template-error',
    },
  })),
  { what: 'a manifest that is a pipe', prepare: (box) => box.pipe('manifest.yml'), ends: unreadable },
  { what: 'a manifest that is a folder', prepare: (box) => folder(box, 'manifest.yml'), ends: unreadable },
  {
    what: 'a manifest that is an endless device',
    prepare: (box) => link(box, 'manifest.yml', '/dev/zero'),
    ends: unreadable,
  },
  {
    what: 'a manifest that is a link to nothing',
    prepare: (box) => link(box, 'manifest.yml', 'nothing'),
    ends: unreadable,
  },
  {
    what: 'a manifest that is a link to itself',
    prepare: (box) => link(box, 'manifest.yml', 'manifest.yml'),
    ends: unreadable,
  },
  { what: 'a manifest that is a socket', prepare: (box) => socket(box, 'manifest.yml'), ends: unreadable },
  {
    what: 'a manifest that nobody may read',
    prepare: (box) => chmodSync(box.path('manifest.yml'), 0o000),
    unprivileged: true,
    ends: unreadable,
  },
  { what: 'a .dockerignore that is a pipe', prepare: (box) => box.pipe('.dockerignore'), ends: unreadable },
  { what: 'a .dockerignore that is a folder', prepare: (box) => folder(box, '.dockerignore'), ends: unreadable },
  {
    what: 'a .dockerignore that is an endless device',
    prepare: (box) => link(box, '.dockerignore', '/dev/zero'),
    ends: unreadable,
  },
  { what: 'a .dockerignore of 10 MB', files: { '.dockerignore': 'a/b/c/d\n'.repeat(1_250_000) }, ends: unreadable },
  {
    what: 'a copied file that is a pipe',
    files: runtimeTemplate('FROM {{ from }}\nCOPY pipe /a\n'),
    prepare: (box) => box.pipe('pipe'),
    ends: 'success',
  },
  {
    what: 'a .dockerignore that is a link outside',
    prepare: (box) => link(box, '.dockerignore', '/proc/self/environ'),
    ends: { code: 'unreadable-file', says: /leads out of the workspace/ },
  },
  {
    what: 'a manifest that is a link outside',
    prepare: (box) => link(box, 'manifest.yml', '/proc/self/environ'),
    ends: { code: 'unreadable-file', says: /leads out of the workspace/ },
  },
  {
    what: 'a folder for further files that is a link to the hooks of git',
    files: { 'templates/runtime/Dockerfile.liquid': 'FROM {{ from }}\n', 'templates/runtime/sub/post-checkout': '#!' },
    prepare: (box) => {
      rmSync(box.path('templates/runtime.Dockerfile.liquid'), { force: true });
      folder(box, '.git/hooks');
      folder(box, 'docker/app/debian12/runtime');
      link(box, 'docker/app/debian12/runtime/sub', '../../../../.git/hooks');
    },
    ends: { fails: /runtime\/sub is a symbolic link/ },
  },
  {
    what: 'a copied folder that is a link outside',
    files: runtimeTemplate('FROM {{ from }}\nCOPY out /a\n'),
    prepare: (box) => link(box, 'out', box.outside),
    ends: 'success',
  },
  {
    what: 'a copied link to itself',
    files: runtimeTemplate('FROM {{ from }}\nCOPY loop /a\n'),
    prepare: (box) => link(box, 'loop', 'loop'),
    ends: 'success',
  },
  {
    what: 'an output folder that is a link outside',
    prepare: (box) => link(box, 'docker', box.outside),
    ends: { fails: /docker is a symbolic link/ },
  },
  {
    what: 'a package folder that is a link outside',
    prepare: (box) => link(box, 'docker/app', box.outside),
    ends: { fails: /is a symbolic link, and nothing is written through one/ },
  },
  {
    what: 'an image folder that is a link outside',
    prepare: (box) => link(box, 'docker/app/debian12/base', box.outside),
    ends: { fails: /is a symbolic link, and nothing is written through one/ },
  },
  {
    what: 'a generated file that is a link outside',
    prepare: (box) => link(box, 'docker/app/debian12/base/Dockerfile', join(box.outside, 'precious.txt')),
    ends: 'success',
  },
  {
    what: 'a generated file that is a pipe',
    prepare: (box) => (
      mkdirSync(box.path('docker/app/debian12/base'), { recursive: true }),
      box.pipe('docker/app/debian12/base/Dockerfile')
    ),
    ends: 'success',
  },
  {
    what: 'a generated file that is an endless device',
    prepare: (box) => link(box, 'docker/app/debian12/base/Dockerfile', '/dev/zero'),
    ends: 'success',
  },
  {
    what: 'a generated file that is a folder',
    prepare: (box) => folder(box, 'docker/app/debian12/base/Dockerfile'),
    ends: { fails: /there is a folder where a file belongs/ },
  },
  {
    what: 'an output folder that is a file',
    files: { docker: 'x' },
    ends: { fails: /there is a file where a folder belongs/ },
  },
  {
    what: 'a package folder that is a file',
    files: { 'docker/app': 'x' },
    ends: { fails: /there is a file where a folder belongs/ },
  },
  {
    what: 'an output folder with a loop of links',
    prepare: (box) => (folder(box, 'docker/app/debian12/base'), link(box, 'docker/app/debian12/base/loop', '.')),
    ends: 'success',
  },
  { what: 'a full disk', prepare: (box) => box.fullDisk('docker'), ends: { fails: /docker\/app.*the disk is full/s } },
  {
    what: 'a read-only disk',
    prepare: (box) => box.readOnlyDisk('docker'),
    ends: { fails: /docker\/app.*the file system is read-only/s },
  },
  {
    what: "somebody else's output folder",
    prepare: (box) => (folder(box, 'docker'), chmodSync(box.path('docker'), 0o555)),
    unprivileged: true,
    ends: { fails: /docker\/app.*no permission to write there/s },
  },
  {
    what: "somebody else's image folder",
    prepare: (box) => folder(box, 'docker/app/debian12/base'),
    unprivileged: true,
    ends: { fails: /docker\/app.*no permission to write there/s },
  },
  {
    what: 'an output folder that nobody may look into',
    prepare: (box) => (folder(box, 'docker'), chmodSync(box.path('docker'), 0o700)),
    unprivileged: true,
    ends: { fails: /no permission to write there/ },
  },
  { what: "a cache that is somebody's file", files: { '.nx': 'x' }, ends: 'success' },
  {
    what: "somebody else's cache",
    prepare: (box) => (folder(box, '.nx/workspace-data'), chmodSync(box.root, 0o777)),
    unprivileged: true,
    ends: 'success',
  },
];

// The healthy workspace itself, to prove that the others fail because of their defect.
fileSystemCases.unshift({ what: 'nothing wrong', files: healthy, ends: 'success' });
