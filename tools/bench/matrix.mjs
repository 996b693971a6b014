import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const types = ['runtime', 'devel', 'cudnn', 'slim', 'debug', 'test', 'jupyter', 'serve', 'batch'];
const distros = 4;

/**
 * Files of a workspace with the given number of images: packages of ten images each, one base and nine on it, on four
 * distros, with partials, a copied file and CUDA, about forty lines to a Dockerfile. The templates are Liquid or, for
 * the rival, Jinja.
 */
export function matrixFiles(count, dialect = liquid) {
  const files = {
    'manifest.yml': manifest(Math.max(1, Math.round(count / (types.length + 1)))),
    [`templates/partials/packages.${dialect.suffix}`]: partial(),
    'tools/app/entrypoint.sh': '#!/bin/sh\nexec "$@"\n',
  };
  for (const index of range(distros)) {
    for (const type of ['base', ...types]) {
      files[`templates/distro${index}/${type}.Dockerfile.${dialect.suffix}`] = template(type, index, dialect);
    }
  }
  return files;
}

export const liquid = {
  suffix: 'liquid',
  render: (names) => `{% assign names = "${names}" | split: "," -%}\n{% render 'partials/packages', names: names %}`,
  component: { each: 'component', name: 'component[0]', value: 'component[1]', of: 'cuda.components' },
};

export const jinja = {
  suffix: 'j2',
  render: (names) => `{% set names = "${names}".split(",") -%}\n{% include 'templates/partials/packages.j2' %}`,
  component: { each: 'name, pin', name: 'name', value: 'pin', of: 'cuda.components.items()' },
};

/**
 * The same, with an image of a registry that each template copies from: 40 external bases, and `debian:bookworm-slim`,
 * which is in the registry too.
 */
export function basesFiles(count, registry) {
  const files = matrixFiles(count);
  for (const [path, text] of Object.entries(files)) {
    if (path === 'manifest.yml') files[path] = text.replaceAll('debian:', `${registry}/debian:`);
    if (!path.endsWith('.Dockerfile.liquid')) continue;
    const [, distro, type] = /distro(\d)\/(\w+)\./.exec(path);
    files[path] = text.replace('USER ', `COPY --from=${registry}/tools/${type}:${distro} /tool /tool\nUSER `);
  }
  return files;
}

/** The lock of such a matrix. */
export function basesLock(registry) {
  const references = range(distros).flatMap((distro) => ['base', ...types].map((type) => `tools/${type}:${distro}`));
  const lines = [...references, 'debian:bookworm-slim'].map(
    (reference) => `${registry}/${reference}: sha256:${'0123456789abcdef'.repeat(4)}\n`,
  );
  return lines.sort().join('');
}

/** A base image and the given number of images on it, each with one tiny step, for builds. */
export function tinyFiles(count) {
  const names = range(count).map((index) => `t${index}`);
  return {
    'manifest.yml': [
      'version: 1.2.3',
      'release_types:',
      ...names.map((name) => `  ${name}: { from: base }`),
      'packages:',
      '  app:',
      ...names.map((name) => `    ${name}: [debian]`),
      'releases:',
      '  debian:',
      '    12: { templates_dir: templates, base_image: "debian:bookworm-slim", add_to_tags: slim }',
      '',
    ].join('\n'),
    ...Object.fromEntries(
      ['base', ...names].map((name) => [
        `templates/${name}.Dockerfile.liquid`,
        `FROM {{ from }}\nRUN echo ${name} >> /steps\n`,
      ]),
    ),
  };
}

/** Writes files below a folder. */
export function writeFiles(root, files) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content, { mode: content.startsWith('#!') ? 0o755 : 0o644 });
  }
}

function manifest(packages) {
  return [
    'version: 1.2.3',
    'repository:',
    '  local:',
    '    only_if: NOWHERE',
    '    registry:',
    ...range(packages).map((index) => `      app${index}: registry.example.com/bench/app${index}`),
    'cuda_dependencies:',
    '  12.4.1:',
    '    cudart: 12.4.127-1',
    '    libcublas: 12.4.5.8-1',
    '    cudnn9: 9.1.0.70-1',
    'release_types:',
    ...types.slice(3).map((type) => `  ${type}: { from: base }`),
    'release_spec:',
    '  envars: [LANG=C.UTF-8, LC_ALL=C.UTF-8, PYTHONDONTWRITEBYTECODE=1]',
    '  cuda: "12.4.1"',
    '  cuda_prefix_url: debian12',
    '  args:',
    '    APP_VERSION: "{{ version }}"',
    'packages:',
    ...range(packages).flatMap((index) => [
      `  app${index}:`,
      ...types.map((type) => `    ${type}: [distro${index % distros}]`),
    ]),
    'releases:',
    ...range(distros).flatMap((index) => [
      `  distro${index}:`,
      '    1:',
      `      templates_dir: templates/distro${index}`,
      '      base_image: debian:bookworm-slim',
      `      add_to_tags: d${index}`,
    ]),
    '',
  ].join('\n');
}

function partial() {
  return [
    'RUN apt-get update \\',
    ' && apt-get install --yes --no-install-recommends \\',
    '{% for name in names %}      {{ name }} \\',
    '{% endfor %} && rm -rf /var/lib/apt/lists/*',
    '',
  ].join('\n');
}

function template(type, index, dialect) {
  return [
    '# Generated for the benchmark, {{ name }}.',
    'FROM {{ from }}',
    '{% for envar in envars -%}',
    'ENV {{ envar.name }}={{ envar.value }}',
    '{% endfor -%}',
    dialect.render(`ca-certificates,curl,${type},python3,python3-venv,tini`),
    ...(type === 'cudnn' ? cudaSteps(dialect.component) : []),
    ...range(8).map((step) => `RUN echo "step ${step} of ${type} on distro${index}" >> /steps`),
    'ARG APP_VERSION',
    'RUN echo "$APP_VERSION" > /version',
    'COPY tools/app/entrypoint.sh /usr/local/bin/',
    'USER 1000:1000',
    'ENTRYPOINT ["/usr/local/bin/entrypoint.sh"]',
    '',
  ].join('\n');
}

function cudaSteps({ each, name, value, of }) {
  return [
    'RUN echo "deb {{ cuda.repository_url }} /" > /etc/apt/sources.list.d/cuda.list \\',
    ' && apt-get install --yes \\',
    `{% for ${each} in ${of} %}      cuda-{{ ${name} }}-{{ cuda.version.major }}={{ ${value} }} \\`,
    '{% endfor %}      lib{{ cuda.cudnn.package }}={{ cuda.cudnn.version }}',
  ];
}

function range(length) {
  return Array.from({ length }, (_, index) => index);
}
