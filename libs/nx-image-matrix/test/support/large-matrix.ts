import type { Workspace } from './workspace.ts';

const types = ['runtime', 'devel', 'cudnn', 'test'];
const releases = { debian: ['12', '13'], alpine: ['3.21', '3.22'] };

/** Files of a matrix of packages with twenty images each: five release types on four distros. */
export function packagesMatrix(names: readonly string[]): Record<string, string> {
  const template = 'FROM {{ from }}\nRUN echo {{ name }} > /name\n';
  return {
    'manifest.yml': [
      'version: 1.4.0',
      'repository:',
      '  local:',
      '    registry:',
      ...names.map((name) => `      ${name}: registry.example.com/acme/${name}`),
      'release_types: { cudnn: { from: base, cuda: false }, test: { from: runtime } }',
      'release_spec: { templates_dir: templates }',
      'packages:',
      ...names.flatMap((name) => [`  ${name}:`, ...types.map((type) => `    ${type}: [debian, alpine]`)]),
      'releases:',
      ...Object.entries(releases).flatMap(([distro, versions]) => [
        `  ${distro}:`,
        ...versions.map(
          (version) => `    ${version}: { base_image: "${distro}:${version}", add_to_tags: ${distro}${version} }`,
        ),
      ]),
      '',
    ].join('\n'),
    ...Object.fromEntries(['base', ...types].map((type) => [`templates/${type}.Dockerfile.liquid`, template])),
  };
}

/** Build records as `docker-build` leaves them: for nine in ten images, one in seven of them for earlier files. */
export function recordBuilds(
  workspace: Workspace,
  rows: readonly { root: string; reference: string; buildId: string }[],
) {
  const records = rows.flatMap(({ root, reference, buildId }, index): [string, string][] => {
    if (index % 10 === 9) return [];
    const record = {
      reference,
      tags: [],
      imageId: `sha256:${String(index).padStart(64, '0')}`,
      buildId: index % 7 === 6 ? 'sha256:former' : buildId,
      size: (20 + ((index * 37) % 400)) * 1_000_000,
      platform: 'linux/amd64',
      duration: 900 + ((index * 7919) % 90_000),
      engine: 'docker 28.2.2',
      reason: ['Dockerfile', 'never built here', 'tools/entrypoint.sh'][index % 3],
      builtAt: new Date(Date.UTC(2026, 0, 1 + (index % 28), index % 24)).toISOString(),
      ingredients: {},
      pushed: {},
    };
    return [[`dist/${root}/build.json`, JSON.stringify(record)]];
  });
  workspace.write(Object.fromEntries(records));
}
