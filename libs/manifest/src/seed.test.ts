import { readFileSync } from 'node:fs';
import { expandImages, parseManifest, type ExpandOptions } from './index.ts';

const seed = readFileSync(new URL('../test/fixtures/seed.yml', import.meta.url), 'utf8');

function expand(text: string, options: ExpandOptions = { version: '0.13.0' }) {
  const { manifest, diagnostics } = parseManifest(text, 'manifest.yml');
  expect(diagnostics).toEqual([]);
  const expansion = expandImages(manifest!, options);
  expect(expansion.diagnostics).toEqual([]);
  return expansion.images;
}

describe('a manifest written from the seed document alone', () => {
  const images = expand(seed);

  it('is 22 images', () => {
    expect(images).toHaveLength(22);
  });

  it('names, places and tags each of them', () => {
    expect(images.map(({ name, dir, reference }) => [name, dir, reference])).toEqual([
      ['model-server-debian10-base', 'docker/model-server/debian10/base', 'model-server:base-slim'],
      ['model-server-debian10-devel', 'docker/model-server/debian10/devel', 'model-server:devel-slim'],
      ['model-server-debian10-runtime', 'docker/model-server/debian10/runtime', 'model-server:0.13.0-slim-runtime'],
      [
        'model-server-debian10-cudnn-cuda11.3.1',
        'docker/model-server/debian10/cudnn-cuda11.3.1',
        'model-server:0.13.0-slim-cudnn',
      ],
      ['model-server-centos7-base', 'docker/model-server/centos7/base', 'model-server:base-centos7'],
      ['model-server-centos7-devel', 'docker/model-server/centos7/devel', 'model-server:devel-centos7'],
      ['model-server-centos7-runtime', 'docker/model-server/centos7/runtime', 'model-server:0.13.0-centos7-runtime'],
      [
        'model-server-centos7-cudnn-cuda11.3.1',
        'docker/model-server/centos7/cudnn-cuda11.3.1',
        'model-server:0.13.0-centos7-cudnn',
      ],
      ['model-server-centos8-base', 'docker/model-server/centos8/base', 'model-server:base-centos8'],
      ['model-server-centos8-devel', 'docker/model-server/centos8/devel', 'model-server:devel-centos8'],
      ['model-server-centos8-runtime', 'docker/model-server/centos8/runtime', 'model-server:0.13.0-centos8-runtime'],
      [
        'model-server-centos8-cudnn-cuda11.3.1',
        'docker/model-server/centos8/cudnn-cuda11.3.1',
        'model-server:0.13.0-centos8-cudnn',
      ],
      ['model-server-amazonlinux2-base', 'docker/model-server/amazonlinux2/base', 'model-server:base-ami'],
      [
        'model-server-amazonlinux2-runtime',
        'docker/model-server/amazonlinux2/runtime',
        'model-server:0.13.0-ami-runtime',
      ],
      ['model-server-alpine3.14-base', 'docker/model-server/alpine3.14/base', 'model-server:base-alpine'],
      [
        'model-server-alpine3.14-runtime',
        'docker/model-server/alpine3.14/runtime',
        'model-server:0.13.0-alpine-runtime',
      ],
      ['yatai-service-debian10-base', 'docker/yatai-service/debian10/base', 'yatai-service:base-slim'],
      ['yatai-service-debian10-runtime', 'docker/yatai-service/debian10/runtime', 'yatai-service:0.13.0-slim-runtime'],
      ['yatai-service-centos7-base', 'docker/yatai-service/centos7/base', 'yatai-service:base-centos7'],
      ['yatai-service-centos7-runtime', 'docker/yatai-service/centos7/runtime', 'yatai-service:0.13.0-centos7-runtime'],
      ['yatai-service-centos8-base', 'docker/yatai-service/centos8/base', 'yatai-service:base-centos8'],
      ['yatai-service-centos8-runtime', 'docker/yatai-service/centos8/runtime', 'yatai-service:0.13.0-centos8-runtime'],
    ]);
  });

  it('starts every image from its base, and bases from the distro', () => {
    for (const image of images) {
      const base = `${image.package}-${image.distro.id}-base`;
      expect(image.parent).toBe(image.releaseType === 'base' ? undefined : base);
      expect(image.from).toBe(images.find(({ name }) => name === image.parent)?.reference ?? image.baseImage);
    }
  });

  it('gives templates every variable of the contract', () => {
    const { variables } = images.find(({ name }) => name === 'model-server-debian10-cudnn-cuda11.3.1')!;
    expect(variables).toEqual({
      package: 'model-server',
      release_type: 'cudnn',
      version: '0.13.0',
      distro: { name: 'debian', version: '10', id: 'debian10' },
      header: expect.stringMatching(/^# syntax = docker\/dockerfile:1.2\n[^]*# =+\n$/),
      base_image: 'debian:buster-slim',
      add_to_tags: 'slim',
      multistage_image: true,
      from: 'model-server:base-slim',
      tags: ['0.13.0-slim-cudnn'],
      name: 'model-server-debian10-cudnn-cuda11.3.1',
      dir: 'docker/model-server/debian10/cudnn-cuda11.3.1',
      envars: [
        { name: 'LANG', value: 'C.UTF-8' },
        { name: 'LC_ALL', value: 'C.UTF-8' },
        { name: 'PYTHONDONTWRITEBYTECODE', value: '1' },
      ],
      args: {},
      cuda: {
        version: { full: '11.3.1', major: '11', minor: '3', patch: '1', short: '11.3' },
        components: {
          cudart: '11.3.109-1',
          libcublas: '11.5.1.109-1',
          libcurand: '10.2.4.109-1',
          libcusparse: '11.6.0.109-1',
          libcufft: '10.4.2.109-1',
          libcusolver: '11.1.2.109-1',
        },
        cudnn: { version: '8.2.0.53-1', major: '8', package: 'cudnn8' },
        requires: 'cuda>=11.3 brand=tesla,driver>=418,driver<419 brand=tesla,driver>=440,driver<441 driver>=450',
        prefix: 'ubuntu2004',
        repository_url: 'https://developer.download.nvidia.com/compute/cuda/repos/ubuntu2004/x86_64',
        ml_repository_url: 'https://developer.download.nvidia.com/compute/machine-learning/repos/ubuntu2004/x86_64',
        repository_base: 'https://developer.download.nvidia.com/compute/cuda/repos/ubuntu2004',
        ml_repository_base: 'https://developer.download.nvidia.com/compute/machine-learning/repos/ubuntu2004',
      },
    });
  });

  it('knows where images are pushed, and that bases are not', () => {
    const [base, devel] = images;
    expect(base!.push).toBe(false);
    expect(devel).toMatchObject({ push: true, repositories: ['docker.io/bentoml/model-server'] });
    expect(devel!.nxTags).toEqual([
      'package:model-server',
      'type:devel',
      'release:devel',
      'distro:debian',
      'distro:debian10',
      'cuda:none',
    ]);
  });

  it('has the entry of `packages` as the position of an image', () => {
    const line = seed.split('\n').indexOf('      - debian') + 1;
    expect(images[0]!.position).toEqual({ file: 'manifest.yml', line, column: 9 });
  });
});

describe('the seed with a list of Python versions', () => {
  const text = seed.replace('\npackages:', '  args:\n    PYTHON_VERSION: ["3.7", "3.8"]\n\npackages:');
  const images = expand(text);

  it('has twice as many images, each with its own tag', () => {
    expect(new Set(images.map(({ reference }) => reference)).size).toBe(44);
  });

  it.each([
    ['model-server', 'base-python3.8-slim'],
    ['model-server', '0.13.0-python3.8-slim-cudnn'],
    ['model-server', 'devel-python3.7-centos8'],
    ['yatai-service', '0.13.0-python3.8-centos7-runtime'],
  ])('tags %s with %s', (name, tag) => {
    expect(images.map(({ reference }) => reference)).toContain(`${name}:${tag}`);
  });

  it('starts each image from the base of the same Python', () => {
    const image = images.find(({ tags }) => tags[0] === '0.13.0-python3.8-slim-cudnn')!;
    expect(image.name).toBe('model-server-debian10-cudnn-cuda11.3.1-python3.8');
    expect(image.from).toBe('model-server:base-python3.8-slim');
    expect(image.nxTags).toContain('python:3.8');
  });
});
