import { existsSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Workspace } from '../support/workspace.ts';
import { smallMatrix } from '../support/matrices.ts';

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

  it('is what nx sync:check fails for when a template was edited, naming the file', () => {
    workspace.edit('templates/devel.Dockerfile.liquid', 'echo more', 'echo most');
    const { status, output } = workspace.nx('sync:check --verbose');
    expect(status).toBe(1);
    expect(output).toContain('docker/app/debian12/devel/Dockerfile is stale');
    workspace.nxOk('sync');
  });

  it('removes the folder of an image that is gone, and nothing that is not ours', () => {
    workspace.write({ 'docker/notes/README.md': 'Mine.\n' });
    workspace.edit('manifest.yml', '    devel:\n      - debian12\n', '');
    const { output } = workspace.nx('sync:check --verbose');
    expect(output).toContain('docker/app/debian12/devel belongs to no image any more');
    workspace.nxOk('sync');
    expect(has('docker/app/debian12/devel')).toBe(false);
    expect(has('docker/notes/README.md')).toBe(true);
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
    expect(output).toContain('Cannot write docker/app/debian12/base/Dockerfile: it is a symbolic link');
    rmSync(dockerfile);
    workspace.nxOk('sync');
    expect(has('docker/app/debian12/runtime/link')).toBe(false);
    expect(has('docker/app/debian12/devel')).toBe(true);
    expect(workspace.read('precious/Dockerfile')).toBe('Mine.\n');
    expect(has('precious/image.json')).toBe(true);
    rmSync(join(workspace.root, 'docker/app/debian12/devel'));
  });

  it('takes no notice of IMAGE_VERSION', () => {
    expect(workspace.nx('sync:check', { IMAGE_VERSION: '7.0.0' }).status).toBe(0);
  });
});

describe('docker-generate', () => {
  it('is a cache hit after an edit elsewhere, and puts a hand edit right', () => {
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
});
