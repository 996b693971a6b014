import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { resolveOptions } from '../../options/resolve-options.ts';
import { readImages } from './read-images.ts';

const optionsOf = () => resolveOptions({});

describe('readImages', () => {
  const root = mkdtempSync(join(tmpdir(), 'read-images-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('gives builds no variable that is the password of a registry', () => {
    writeFileSync(
      join(root, 'manifest.yml'),
      'packages: { app: { runtime: [debian12] } }\nreleases: { debian: { 12: { templates_dir: t, base_image: debian } } }\n' +
        'repository: { docker.io: { only_if: A, user: U, pwd: P, registry: { app: docker.io/acme/app } } }\n',
    );
    const options = { manifest: 'manifest.yml' };
    const secrets = [
      { id: 'a', env: 'PIP' },
      { id: 'b', env: 'P' },
      { id: 'c', src: 'x' },
    ];
    const nodes = {
      images: { name: 'images', data: { targets: { m: { executor: 'nx-image-matrix:matrix', options } } } },
      app: {
        name: 'app',
        data: {
          targets: { g: { executor: 'nx-image-matrix:generate', options } },
          metadata: { image: { secrets, floatingTags: ['latest'], releaseType: 'runtime' } },
        },
      },
      other: { name: 'other', data: {} },
    } as unknown as ProjectGraph['nodes'];
    expect(readImages(root, { nodes }, optionsOf)).toEqual({
      facts: {
        targets: { build: 'docker-build', push: 'docker-push' },
        shareTask: 'images:docker-matrix',
        promote: ['images:docker-promote'],
        pushVariables: ['A', 'U', 'P'],
        buildVariables: ['PIP'],
      },
      buildVariables: new Map([['manifest.yml', ['PIP']]]),
      hasDevel: false,
    });
    expect(() => readImages(root, { nodes: {} }, optionsOf)).toThrow('There is no manifest.yml');
  });
});
