import { copyOf, type Sources } from './sources.ts';
import { startFiles } from './start-files.ts';
import { mapping, plainStyle, type Mapping, type Value } from './yaml-text.ts';

/** A workspace of two manifests and 32 images, with every kind of dependency of an image. */
export function startSources(): Sources {
  return copyOf({
    manifests: new Map([
      ['manifest.yml', { document: mainManifest(), style: plainStyle }],
      ['services/jobs/manifest.yml', { document: jobsManifest(), style: plainStyle }],
    ]),
    parts: new Map(),
    files: new Map(startFiles),
    submodules: new Map([['vendor/lib', { commits: 1 }]]),
  });
}

function mainManifest(): Mapping {
  return mapping({
    version: '1.2.3',
    repository: mapping({
      local: mapping({
        only_if: 'PUSH_TO',
        registry: mapping({ api: '127.0.0.1:5000/test/api', worker: '127.0.0.1:5000/test/worker' }),
      }),
    }),
    cuda_dependencies: mapping({
      '12.4.1': mapping({ cudart: '12.4.127-1', libcublas: '12.4.5.8-1', cudnn9: '9.1.0.70-1' }),
      '12.6.3': mapping({ cudart: '12.6.77-1', libcublas: '12.6.4.1-1', cudnn9: '9.5.1.17-1' }),
      '11.8.0': mapping({ cudart: '11.8.89-1', cudnn8: '8.9.7.29-1' }),
    }),
    release_spec: {
      anchor: 'spec',
      value: mapping({
        templates_dir: 'templates/debian',
        header: '# This file is generated.\n',
        envars: ['LANG=C.UTF-8', 'TERM=dumb'],
        cuda_prefix_url: '',
        labels: mapping({ 'org.example.vendor': 'example' }),
      }),
    },
    release_types: mapping({
      debug: mapping({ from: 'runtime' }),
      train: mapping({ from: 'cudnn', cuda: 'true' }),
      runtime: mapping({ floating_tags: ['latest-{{ add_to_tags }}'] }),
    }),
    package_spec: mapping({
      api: mapping({ args: mapping({ PYTHON_VERSION: ['3.11', '3.12'], FLAVOUR: 'hot' }) }),
      worker: mapping({ labels: mapping({ 'org.example.title': 'worker' }) }),
    }),
    packages: mapping({
      api: mapping({
        runtime: ['debian', 'alpine'],
        devel: { anchor: 'few', value: ['debian12'] },
        debug: [{ alias: 'few' }],
      }),
      worker: mapping({
        runtime: ['debian', 'rocky'],
        cudnn: ['debian12', 'rocky'],
        train: ['rocky9'],
        devel: ['debian11'],
      }),
    }),
    releases: mapping({
      debian: mapping({
        '11': release({ base_image: 'debian:bullseye-slim', add_to_tags: 'slim11' }),
        '12': release({
          base_image: 'debian:bookworm-slim',
          add_to_tags: 'slim12',
          cuda: ['12.4.1', '12.6.3'],
          cuda_prefix_url: 'debian12',
        }),
      }),
      alpine: mapping({
        '3.20': release({ templates_dir: 'templates/alpine', base_image: 'alpine:3.20', add_to_tags: 'alpine3.20' }),
      }),
      rocky: mapping({
        '9': release({
          templates_dir: 'templates/rocky',
          base_image: 'rockylinux:9',
          add_to_tags: 'rocky9',
          cuda: ['12.4.1', '11.8.0'],
          cuda_prefix_url: 'rhel9',
        }),
      }),
    }),
  });
}

function release(keys: Record<string, Value>): Mapping {
  return mapping({ '<<': { alias: 'spec' }, ...keys });
}

/** Its images start `FROM` images of the first manifest and copy from others. */
export function jobsManifest(): Mapping {
  return mapping({
    version: '0.1.0',
    release_spec: mapping({
      templates_dir: 'templates',
      multistage_image: 'False',
      args: mapping({ TOOLS_IMAGE: 'worker:base-slim11' }),
    }),
    packages: mapping({ jobs: mapping({ runtime: ['debian'], devel: ['debian12'] }) }),
    releases: mapping({
      debian: mapping({
        '11': mapping({ base_image: 'api:base-python3.11-slim11', add_to_tags: 'slim11' }),
        '12': mapping({ base_image: 'api:1.2.3-python3.12-slim12-runtime', add_to_tags: 'slim12' }),
      }),
    }),
  });
}
