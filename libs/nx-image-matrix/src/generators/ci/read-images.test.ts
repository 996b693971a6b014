import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectConfiguration } from '@nx/devkit';
import { resolveOptions } from '../../options/resolve-options.ts';
import { readImages } from './read-images.ts';

const optionsOf = () => resolveOptions({});

describe('readImages', () => {
  const root = mkdtempSync(join(tmpdir(), 'read-images-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('passes no variable with the password of a registry to builds', () => {
    writeFileSync(
      join(root, 'manifest.yml'),
      'packages: { app: { runtime: [debian12] } }\nreleases: { debian: { 12: { templates_dir: t, base_image: debian } } }\n' +
        'repository: { docker.io: { only_if: A, user: U, pwd: P, registry: { app: docker.io/acme/app } } }\n' +
        'staging: { repository: docker.io/acme/staging, only_if: B, user: U, pwd: S }\n',
    );
    const options = { manifest: 'manifest.yml' };
    const secrets = [
      { id: 'a', env: 'PIP' },
      { id: 'b', env: 'P' },
      { id: 'c', src: 'x' },
      { id: 'd', env: 'S' },
    ];
    const projects = {
      images: { root: 'docker', targets: { m: { executor: 'nx-image-matrix:matrix', options } } },
      app: {
        root: 'docker/app',
        targets: { g: { executor: 'nx-image-matrix:generate', options } },
        metadata: { image: { secrets, floatingTags: ['latest'], releaseType: 'runtime', platforms: [] } },
      },
      other: { root: 'other' },
    } as Record<string, ProjectConfiguration>;
    const workspace = { root, manifests: ['manifest.yml'], projects, optionsOf, environment: {} };
    expect(readImages(workspace)).toEqual({
      facts: {
        targets: { build: 'docker-build', push: 'docker-push' },
        shareTask: 'images:docker-matrix',
        promote: ['images:docker-promote'],
        bases: [
          {
            lock: 'images.lock',
            output: 'docker',
            refresh: 'images:docker-refresh',
            explain: 'images:docker-explain',
          },
        ],
        pushVariables: ['A', 'U', 'P', 'B', 'S'],
        buildVariables: ['PIP'],
        staging: {
          logins: [{ onlyIf: 'B', user: 'U', password: 'S' }],
          ownLogins: [],
          pushLogins: [],
          repositoryVariables: ['A', 'U', 'P'],
          platforms: [],
          staged: [],
          unstaged: [],
        },
      },
      buildVariables: new Map([['manifest.yml', ['PIP']]]),
      hasDevel: false,
    });
    const checks = { tests: ['tests/app.yaml'], scan: { scanner: 'auto', failOn: 'high', ignore: [] } };
    const app = projects['app']!;
    const checkedApp = { ...app, metadata: { image: { ...Object(app.metadata).image, ...checks } } };
    const checked = readImages({ ...workspace, projects: { ...projects, app: checkedApp as ProjectConfiguration } });
    expect(checked.facts.targets).toMatchObject({ test: 'docker-test', scan: 'docker-scan' });
    expect(() => readImages({ ...workspace, manifests: [], projects: {} })).toThrow('There is no manifest.yml');
  });
});
