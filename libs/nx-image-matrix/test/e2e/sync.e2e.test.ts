import { existsSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Workspace } from '../support/workspace.ts';
import { folderMatrix, smallMatrix } from '../support/matrices.ts';

const IMAGE = 'docker/app/debian12/base/image.json';

describe('nx sync', () => {
  let workspace: Workspace;
  const has = (path: string) => existsSync(join(workspace.root, path));

  beforeAll(() => {
    workspace = new Workspace({ files: smallMatrix, nxJson: { sync: { globalGenerators: ['nx-image-matrix:sync'] } } });
  });
  afterAll(() => workspace.dispose());

  it('writes every file of every image', () => {
    expect(workspace.nx('sync:check').status).toBe(1);
    workspace.nxOk('sync');
    expect(workspace.nx('sync:check').status).toBe(0);
    for (const file of ['Dockerfile', 'Dockerfile.dockerignore', 'image.json']) {
      expect(has(`docker/app/debian13/runtime/${file}`)).toBe(true);
    }
    expect(workspace.read('docker/app/debian13/runtime/Dockerfile')).toBe(
      '# This file is generated.\nFROM app:base-slim13\nCOPY tools/app/entrypoint.sh /entrypoint.sh\nENTRYPOINT ["/entrypoint.sh"]\n',
    );
    expect(workspace.read('docker/app/debian13/runtime/Dockerfile.dockerignore')).toContain('!tools/app/entrypoint.sh');
  });

  it('writes an image.json that follows its published schema', () => {
    const schema = workspace.readJson('node_modules/nx-image-matrix/schemas/image.schema.json');
    const validate = new Ajv2020({ allErrors: true }).compile(schema);
    for (const image of ['debian12/base', 'debian12/devel', 'debian13/runtime']) {
      expect({
        valid: validate(workspace.readJson(`docker/app/${image}/image.json`)),
        errors: validate.errors,
      }).toEqual({
        valid: true,
        errors: null,
      });
    }
  });

  it('leaves files that are current untouched', () => {
    const modified = () => statSync(join(workspace.root, 'docker/app/debian12/base/Dockerfile')).mtimeMs;
    const before = modified();
    workspace.edit('templates/devel.Dockerfile.liquid', 'echo devel', 'echo more');
    workspace.nxOk('sync');
    workspace.nxOk('run-many -t docker-generate --skip-nx-cache');
    expect(modified()).toBe(before);
    expect(workspace.read('docker/app/debian12/devel/Dockerfile')).toContain('echo more');
  });

  it('makes nx sync:check fail if a template was edited, and name the file', () => {
    workspace.edit('templates/devel.Dockerfile.liquid', 'echo more', 'echo most');
    const { status, output } = workspace.nx('sync:check --verbose');
    expect(status).toBe(1);
    expect(output).toContain('docker/app/debian12/devel/Dockerfile is stale');
    workspace.nxOk('sync');
  });

  it('removes the folder of an image that no longer exists, and nothing else', () => {
    workspace.write({ 'docker/notes/README.md': 'Mine.\n' });
    workspace.edit('manifest.yml', '    devel:\n      - debian12\n', '');
    workspace.write({ 'docker/notes/image.json': workspace.read(IMAGE), 'docker/image.json': workspace.read(IMAGE) });
    workspace.write({ 'docker/app/debian12/devel/notes.txt': 'Mine.\n' });
    const said = [
      'remove docker/app/debian12/devel (Dockerfile, Dockerfile.dockerignore, image.json): it belongs to no image any more',
      'leave docker/app/debian12/devel/notes.txt: it was not written by nx-image-matrix',
    ];
    for (const command of ['sync:check', 'sync']) {
      const { output } = workspace.nx(command);
      for (const line of said) expect(output).toContain(line);
    }
    expect(has('docker/app/debian12/devel/Dockerfile')).toBe(false);
    for (const path of ['app/debian12/devel/notes.txt', 'notes/README.md', 'notes/image.json', 'image.json']) {
      expect(has(`docker/${path}`)).toBe(true);
      workspace.remove(`docker/${path}`);
    }
    workspace.remove('docker/app/debian12/devel');
  });

  it('keeps the images of a manifest below the output folder of another', () => {
    const inner = Object.fromEntries(
      Object.entries(smallMatrix)
        .filter(([path]) => /^(manifest|templates)/.test(path))
        .map(([path, text]) => [`docker/tools/${path}`, text.replaceAll(/\bapp\b/g, 'tool')]),
    );
    workspace.write(inner);
    const { output } = workspace.nx('sync');
    expect(output).not.toContain('remove');
    expect(has('docker/tools/docker/tool/debian13/runtime/image.json')).toBe(true);
    expect(has('docker/app/debian13/runtime/image.json')).toBe(true);
    expect(workspace.nx('sync:check').status).toBe(0);
    workspace.remove('docker/tools');
  });

  it("keeps an image's own project.json, whose targets Nx adds to ours", () => {
    const folder = 'docker/app/debian13/runtime';
    const { name } = JSON.parse(workspace.nxOk('show project app-debian13-runtime --json')) as { name: string };
    const scan = { command: 'true', dependsOn: ['docker-build'] };
    workspace.write({
      [`${folder}/project.json`]: JSON.stringify({
        name,
        tags: ['own'],
        targets: { scan, 'docker-build': { dependsOn: ['...', '^build'] } },
      }),
      [`${folder}/notes/README.md`]: 'Mine.\n',
    });
    expect(workspace.nx('sync:check').status).toBe(0);
    workspace.nxOk('sync');
    expect(has(`${folder}/project.json`) && has(`${folder}/notes/README.md`)).toBe(true);
    const project = JSON.parse(workspace.nxOk(`show project ${name} --json`)) as {
      tags: string[];
      targets: Record<string, { executor?: string; dependsOn?: unknown[] }>;
      metadata: { image: { upToDate: boolean } };
    };
    expect(Object.keys(project.targets)).toEqual(expect.arrayContaining(['docker-generate', 'docker-build', 'scan']));
    expect(project.targets['docker-build']).toMatchObject({ executor: 'nx-image-matrix:build' });
    expect(project.targets['docker-build']!.dependsOn).toEqual(expect.arrayContaining(['docker-generate', '^build']));
    expect(project.tags).toEqual(expect.arrayContaining(['own', 'package:app']));
    expect(project.metadata.image.upToDate).toBe(true);
    workspace.edit(`${folder}/project.json`, '["...","^build"]', '["^build"]');
    const { status, output } = workspace.nx(`run-many -t docker-build -p ${name}`);
    expect(status).toBe(1);
    expect(output).toContain(`${folder}/project.json:1:`);
    expect(output).toContain('`dependsOn` of "docker-build" would replace what this target needs');
    workspace.remove(`${folder}/project.json`);
    workspace.remove(`${folder}/notes`);
  });

  it('refuses two manifests in one folder, and names both', () => {
    workspace.write({ 'manifest.yaml': workspace.read('manifest.yml').replaceAll(/\bapp\b/g, 'other') });
    for (const command of ['sync', 'show projects']) {
      const { status, output } = workspace.nx(command);
      expect(status).toBe(1);
      expect(output).toContain('manifest.yaml and manifest.yml are manifests in one folder');
    }
    workspace.remove('manifest.yaml');
  });

  it('neither writes nor removes anything behind a symbolic link', () => {
    const dockerfile = join(workspace.root, 'docker/app/debian12/base/Dockerfile');
    workspace.write({ 'precious/Dockerfile': 'Mine.\n', 'precious/image.json': workspace.read(IMAGE) });
    rmSync(dockerfile);
    symlinkSync(join(workspace.root, 'precious/Dockerfile'), dockerfile);
    symlinkSync(join(workspace.root, 'precious'), join(workspace.root, 'docker/app/debian12/devel'));
    symlinkSync(join(workspace.root, 'precious'), join(workspace.root, 'docker/app/debian12/runtime/link'));
    const { status, output } = workspace.nx('sync');
    expect(status).toBe(1);
    expect(output).toContain('docker/app/debian12/base/Dockerfile is a symbolic link');
    rmSync(dockerfile);
    workspace.nxOk('sync');
    expect(has('docker/app/debian12/runtime/link')).toBe(true);
    expect(has('docker/app/debian12/devel')).toBe(true);
    expect(workspace.read('precious/Dockerfile')).toBe('Mine.\n');
    expect(has('precious/image.json')).toBe(true);
    rmSync(join(workspace.root, 'docker/app/debian12/devel'));
    rmSync(join(workspace.root, 'docker/app/debian12/runtime/link'));
  });

  it('does not follow an image folder that is a link within the workspace, nor does docker-generate by its cache', () => {
    const folder = join(workspace.root, 'docker/app/debian13/runtime');
    workspace.nxOk('run-many -t docker-generate');
    rmSync(folder, { recursive: true });
    workspace.write({ '.git/hooks/keep': '' });
    symlinkSync('../../../.git/hooks', folder);
    for (const command of ['sync', 'run app-debian13-runtime:docker-generate']) {
      const { status, output } = workspace.nx(command);
      expect(status).toBe(1);
      expect(output).toContain('docker/app/debian13/runtime is a symbolic link');
    }
    expect(has('.git/hooks/Dockerfile')).toBe(false);
    rmSync(folder);
    workspace.nxOk('sync');
  });

  it('ignores IMAGE_VERSION', () => {
    expect(workspace.nx('sync:check', { IMAGE_VERSION: '7.0.0' }).status).toBe(0);
  });
});

describe('docker-generate', () => {
  it('is a cache hit after an edit elsewhere, and reverts a manual edit', () => {
    const workspace = new Workspace({ files: smallMatrix });
    try {
      workspace.nxOk('run-many -t docker-generate');
      workspace.write({
        'README.md': 'Edited.\n',
        'package-lock.json': '{"name":"workspace","lockfileVersion":3,"packages":{}}',
      });
      workspace.edit('docker/app/debian12/devel/Dockerfile', 'echo devel', 'echo by hand');
      const output = workspace.nxOk('run-many -t docker-generate');
      expect(output).toContain('5 out of 5 tasks');
      expect(workspace.read('docker/app/debian12/devel/Dockerfile')).toContain('echo devel');
    } finally {
      workspace.dispose();
    }
  });

  it("removes an extra file whose template is gone, even on a hit in Nx's cache", () => {
    const workspace = new Workspace({ files: folderMatrix });
    const folder = 'docker/app/debian12/devel';
    const has = (path: string): boolean => existsSync(join(workspace.root, path));
    const generate = (): string => workspace.nxOk('run-many -t docker-generate --output-style=static');
    const runtime = 'templates/debian/runtime.Dockerfile.liquid';
    try {
      const notes = workspace.read('templates/debian/devel/notes.txt');
      workspace.remove('templates/debian/devel/notes.txt');
      generate();
      // The first run of a task without a folder of its image has a different hash than later runs.
      generate();
      workspace.write({ 'templates/debian/devel/notes.txt': notes, [`${folder}/mine.txt`]: 'mine' });
      workspace.edit(runtime, 'COPY tools/app /app', 'COPY tools/app /other');
      generate();
      expect(has(`${folder}/notes.txt`)).toBe(true);
      workspace.remove('templates/debian/devel/notes.txt');
      workspace.edit(runtime, 'COPY tools/app /other', 'COPY tools/app /app');
      const output = generate();
      expect(output).toMatch(/app-debian12-runtime:docker-generate {2}\[local cache\]/);
      expect(output).not.toMatch(/app-debian12-devel:docker-generate {2}\[/);
      expect(has(`${folder}/notes.txt`)).toBe(false);
      expect(has(`${folder}/mine.txt`)).toBe(true);
    } finally {
      workspace.dispose();
    }
  });
});
