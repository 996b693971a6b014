import { engines } from '@nx-image-matrix/engine/engines';
import { readPage } from './pages.ts';

type Engine = (typeof engines)[number];

/** The columns of the table, and an engine's value for each. */
const columns: [title: string, cell: (engine: Engine) => string][] = [
  ['engine', ({ name }) => name],
  ['needs a daemon', ({ capabilities }) => yes(capabilities.daemon)],
  ['several platforms in one image', ({ capabilities }) => yes(capabilities.severalPlatforms)],
  ['`DOCKER_DEFAULT_PLATFORM`', ({ capabilities }) => yes(capabilities.defaultPlatform)],
  ['build secrets', ({ capabilities }) => yes(capabilities.secrets)],
  ['SSH agents', ({ capabilities }) => yes(capabilities.ssh)],
  [
    'parents from this workspace',
    ({ capabilities }) =>
      ({ given: 'the build is given their ID', checked: 'checked by ID before and after the build' })[
        capabilities.parents
      ],
  ],
  ['build cache in a registry', ({ capabilities }) => yes(capabilities.registryCache)],
  ['digest known before a push', ({ capabilities }) => yes(capabilities.digestBeforePush)],
  ['attestations', ({ capabilities }) => yes(capabilities.attestations)],
  ['on another machine', ({ capabilities }) => yes(capabilities.remote)],
  ['logins', ({ login }) => `\`${login.file}\``],
  ['credential helpers', ({ login }) => yes(login.helpers)],
];

function yes(can: boolean | 'image-store'): string {
  return can === 'image-store' ? 'with the containerd image store' : can ? 'yes' : 'no';
}

it('docs/engines.md has one row for each engine, which says what it can do', () => {
  const [, section = ''] = /^## What each engine can do\n([^]*?)^## /m.exec(readPage('docs/engines.md')) ?? [];
  const [header, , ...rows] = section.split('\n').filter((line) => line.startsWith('|'));
  expect(header).toBe(row(columns.map(([title]) => title)));
  expect(rows).toEqual(engines.map((engine) => row(columns.map(([, cell]) => cell(engine)))));
});

function row(cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}
