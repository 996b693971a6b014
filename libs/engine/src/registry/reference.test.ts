import { familiarName, isLoopback, normalizeReference, parseReference, registryOf } from './reference.ts';

describe('registryOf', () => {
  it.each([
    ['debian', 'docker.io'],
    ['debian:buster-slim', 'docker.io'],
    ['bentoml/model-server', 'docker.io'],
    ['docker.io/bentoml/model-server:1', 'docker.io'],
    ['index.docker.io/bentoml/model-server', 'docker.io'],
    ['localhost/x', 'localhost'],
    ['localhost:5000/x:1', 'localhost:5000'],
    ['127.0.0.1:5000/a/b/c', '127.0.0.1:5000'],
    ['us.gcr.io/p/x', 'us.gcr.io'],
    ['123.dkr.ecr.eu-west-1.amazonaws.com/x', '123.dkr.ecr.eu-west-1.amazonaws.com'],
    ['[::1]:5000/x:1', '[::1]:5000'],
    ['Registry/x', 'Registry'],
  ])('of %s is %s', (reference, registry) => {
    expect(registryOf(reference)).toBe(registry);
  });
});

it('parseReference tells tags, digests and ports apart', () => {
  expect(parseReference('localhost:5000/x')).toEqual({ registry: 'localhost:5000', repository: 'x' });
  expect(parseReference('localhost:5000/x:1@sha256:ab')).toEqual({
    registry: 'localhost:5000',
    repository: 'x',
    tag: '1',
    digest: 'sha256:ab',
  });
});

describe('normalizeReference', () => {
  it.each([
    ['debian', 'docker.io/library/debian:latest'],
    ['docker.io/library/debian', 'docker.io/library/debian:latest'],
    ['docker.io/debian:10', 'docker.io/library/debian:10'],
    ['debian:10@sha256:ab', 'docker.io/library/debian@sha256:ab'],
    ['localhost:5000/x:1', 'localhost:5000/x:1'],
  ])('makes of %s %s', (reference, full) => {
    expect(normalizeReference(reference)).toBe(full);
  });
});

it.each([
  ['docker.io/library/model-server:base', 'model-server'],
  ['docker.io/bentoml/model-server:base', 'bentoml/model-server'],
  ['localhost:5000/x:1', 'localhost:5000/x'],
])('familiarName of %s is %s', (reference, name) => {
  expect(familiarName(reference)).toBe(name);
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
