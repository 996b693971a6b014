import type { SourceFile, Sources } from './sources.ts';
import { mapping, plainStyle, type Mapping } from './yaml-text.ts';

/*
 * A manifest in several files with all keys that the first two manifests do without: axes with values, data files, `vars`,
 * `exclude`, `axis_labels`, `template`, `base_image` by value, parents in another package, `platforms`, unreached stages.
 */

export const lab = 'services/lab';

/** Adds the manifest, its parts and its files to the sources of the start. */
export function withLab(sources: Sources): Sources {
  sources.manifests.set(`${lab}/manifest.yml`, sourceOf(labManifest()));
  sources.parts.set(`${lab}/parts/spec.yml`, sourceOf(specPart()));
  sources.parts.set(`${lab}/parts/types.yml`, sourceOf(typesPart()));
  sources.parts.set('services/shared/cuda.yml', sourceOf(cudaPart()));
  for (const [path, content] of Object.entries(texts)) {
    sources.files.set(path, { content, executable: content.startsWith('#!') } satisfies SourceFile);
  }
  return sources;
}

/** A document in the plain style. */
export function sourceOf(document: Mapping): { document: Mapping; style: typeof plainStyle } {
  return { document, style: { ...plainStyle, comments: new Map() } };
}

function labManifest(): Mapping {
  return mapping({
    version: '3.0.0',
    include: ['parts/*.yml', '../shared/cuda.yml'],
    axis_labels: mapping({ PYTHON_VERSION: 'py' }),
    exclude: [mapping({ package: 'kit', release_type: 'full', distro: 'debian11', PYTHON_VERSION: '3.13' })],
    repository: mapping({
      local: mapping({ only_if: 'PUSH_TO', registry: mapping({ kit: '127.0.0.1:5000/lab/kit' }) }),
    }),
    packages: mapping({
      kit: mapping({ full: ['debian'], slim: ['debian12'], gpu: ['debian12'] }),
      desk: mapping({ view: ['debian12'] }),
    }),
    releases: mapping({
      debian: mapping({
        '11': mapping({ add_to_tags: 'slim11' }),
        '12': mapping({ add_to_tags: 'slim12', cuda: ['12.4', '12.6.3'], cuda_prefix_url: 'debian12' }),
      }),
    }),
  });
}

function specPart(): Mapping {
  return mapping({
    release_spec: mapping({
      templates_dir: 'templates',
      base_image: 'debian:{{ distro.version }}-{{ vars.suite }}',
      args: mapping({ PYTHON_VERSION: mapping({ from: '../data/versions.json' }) }),
      vars: mapping({ from: '../data/vars.yml' }),
    }),
    package_spec: mapping({
      desk: mapping({ vars: mapping({ extras: ['desk'], depth: mapping({ one: 'a', two: 'b' }) }) }),
    }),
  });
}

function typesPart(): Mapping {
  return mapping({
    release_types: mapping({
      full: mapping({ from: 'base', template: 'kit', tags: ['full-{{ add_to_tags }}-{{ args.PYTHON_VERSION }}'] }),
      slim: mapping({ from: 'base', template: 'kit', platforms: ['linux/amd64'] }),
      gpu: mapping({ from: 'base', template: 'kit', cuda: 'true' }),
      view: mapping({ from: 'kit/full' }),
    }),
  });
}

function cudaPart(): Mapping {
  return mapping({
    cuda_dependencies: mapping({
      '12.4': mapping({ cudart: '12.4.127-1', requires: 'cuda>=12.4' }),
      '12.6.3': mapping({ cudart: '12.6.77-1', platforms: ['linux/amd64'] }),
    }),
  });
}

const texts: Record<string, string> = {
  [`${lab}/data/versions.json`]: `${JSON.stringify(
    {
      '3.12': { VERSION: '3.12.13', SHA256: 'a1b2' },
      '3.13': { VERSION: '3.13.9', SHA256: 'c3d4', platforms: ['linux/amd64', 'linux/arm64'] },
    },
    undefined,
    2,
  )}\n`,
  [`${lab}/data/vars.yml`]: 'suite: slim\nextras: [curl, git]\nunused: 1\ndepth: { one: x }\n',
  [`${lab}/templates/base.Dockerfile.liquid`]: 'FROM {{ from }}\nRUN echo {{ vars.depth.one }}\n',
  [`${lab}/templates/kit.Dockerfile.liquid`]: `FROM busybox:1 AS cpu
COPY app/cpu/ /cpu/
FROM busybox:1 AS gpu
COPY app/gpu/ /gpu/
FROM {{ from }}
ARG SHA256
ENV VERSION={{ args.VERSION }}
COPY --from={% if cuda %}gpu{% else %}cpu{% endif %} /stage /stage
{% for extra in vars.extras %}RUN echo {{ extra }}
{% endfor %}{% if cuda %}RUN echo {{ cuda.requires }} {{ cuda.components.cudart }}
{% endif %}{% if platforms contains 'linux/arm64' %}RUN echo arm64
{% endif %}`,
  [`${lab}/templates/view.Dockerfile.liquid`]: `FROM {{ from }}
COPY app/view.txt /view.txt
RUN echo {{ vars.extras | join: ' ' }} {{ vars.depth.two }}
`,
  [`${lab}/app/cpu/cpu.txt`]: 'cpu\n',
  [`${lab}/app/gpu/gpu.txt`]: 'gpu\n',
  [`${lab}/app/view.txt`]: 'view\n',
};
