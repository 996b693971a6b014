import {
  canonicalRepository,
  familiarName,
  familiarReference,
  hasRegistry,
  isLoopback,
  normalizeReference,
  parseReference,
  registryOf,
} from './reference.ts';

const hub = (repository: string) => ({ registry: 'docker.io', repository });

/** All readings of a reference are in one table, because they must agree on what a name means. */
describe.each([
  ['debian', hub('library/debian'), 'docker.io/library/debian:latest', 'debian:latest'],
  ['debian:10', { ...hub('library/debian'), tag: '10' }, 'docker.io/library/debian:10', 'debian:10'],
  ['library/debian:10', { ...hub('library/debian'), tag: '10' }, 'docker.io/library/debian:10', 'debian:10'],
  ['docker.io/debian:10', { ...hub('library/debian'), tag: '10' }, 'docker.io/library/debian:10', 'debian:10'],
  ['docker.io/library/debian', hub('library/debian'), 'docker.io/library/debian:latest', 'debian:latest'],
  ['acme/app:1', { ...hub('acme/app'), tag: '1' }, 'docker.io/acme/app:1', 'acme/app:1'],
  ['index.docker.io/acme/app', hub('acme/app'), 'docker.io/acme/app:latest', 'acme/app:latest'],
  ['localhost/x', { registry: 'localhost', repository: 'x' }, 'localhost/x:latest', 'localhost/x:latest'],
  ['localhost:5000/x', { registry: 'localhost:5000', repository: 'x' }, 'localhost:5000/x:latest', undefined],
  ['[::1]:5000/x:1', { registry: '[::1]:5000', repository: 'x', tag: '1' }, '[::1]:5000/x:1', '[::1]:5000/x:1'],
  [
    '127.0.0.1:5000/a/b/c',
    { registry: '127.0.0.1:5000', repository: 'a/b/c' },
    '127.0.0.1:5000/a/b/c:latest',
    undefined,
  ],
  ['Registry/x', { registry: 'Registry', repository: 'x' }, 'Registry/x:latest', 'Registry/x:latest'],
  [
    '1.dkr.ecr.eu-west-1.amazonaws.com/x:1',
    { registry: '1.dkr.ecr.eu-west-1.amazonaws.com', repository: 'x', tag: '1' },
    undefined,
    undefined,
  ],
  [
    'debian@sha256:ab',
    { ...hub('library/debian'), digest: 'sha256:ab' },
    'docker.io/library/debian@sha256:ab',
    'debian@sha256:ab',
  ],
  [
    'debian:10@sha256:ab',
    { ...hub('library/debian'), tag: '10', digest: 'sha256:ab' },
    'docker.io/library/debian@sha256:ab',
    'debian:10@sha256:ab',
  ],
  [
    'localhost:5000/x:1@sha256:ab',
    { registry: 'localhost:5000', repository: 'x', tag: '1', digest: 'sha256:ab' },
    'localhost:5000/x@sha256:ab',
    'localhost:5000/x:1@sha256:ab',
  ],
  // From a Dockerfile whose variables have no value here.
  ['*', hub('library/*'), 'docker.io/library/*:latest', '*:latest'],
  ['app:*', { ...hub('library/app'), tag: '*' }, 'docker.io/library/app:*', 'app:*'],
  ['*/app:1', { ...hub('*/app'), tag: '1' }, 'docker.io/*/app:1', '*/app:1'],
])('%s', (text, parts, full = `${text}`, shown = full) => {
  it('has these parts, and this full and familiar form', () => {
    expect(parseReference(text)).toEqual(parts);
    expect(normalizeReference(text)).toBe(full);
    expect(familiarReference(text)).toBe(shown);
  });

  it('has the same registry and name in each form', () => {
    expect(registryOf(text)).toBe(parts.registry);
    expect(hasRegistry(full)).toBe(true);
    expect(normalizeReference(full)).toBe(full);
    expect(familiarName(full)).toBe(familiarName(text));
    expect(shown.startsWith(familiarName(text))).toBe(true);
  });
});

it.each([
  ['acme/x', 'docker.io/acme/x'],
  ['x', 'docker.io/library/x'],
  ['registry-1.docker.io/x', 'docker.io/library/x'],
  ['registry.hub.docker.com/acme/x', 'docker.io/acme/x'],
  ['INDEX.docker.io:443/acme/x', 'docker.io/acme/x'],
  ['ghcr.io:443/acme/x', 'ghcr.io/acme/x'],
  ['ghcr.io:80/acme/x', 'ghcr.io:80/acme/x'],
  ['127.0.0.1:5000/x', 'localhost:5000/x'],
  ['[::1]:80/x', 'localhost/x'],
])('the repository %s is always %s', (text, canonical) => {
  expect(canonicalRepository(text)).toBe(canonical);
});

it.each([
  ['localhost', true],
  ['localhost:5000', true],
  ['127.0.0.1:5000', true],
  ['[::1]:5000', true],
  ['docker.io', false],
  ['127.example.com', false],
])('isLoopback(%s) is %s', (registry, loopback) => {
  expect(isLoopback(registry)).toBe(loopback);
});
