import type { BuildRequest } from '../engine.ts';
import { buildCommand } from './build-command.ts';
import { storageName } from './names.ts';

const request: BuildRequest = {
  context: '/w',
  dockerfile: '/w/docker/x/Dockerfile',
  tags: ['x:1', 'docker.io/team/x:1'],
  buildArgs: { A: '1' },
  labels: { a: 'b' },
  platforms: ['linux/amd64'],
  pins: [{ reference: 'x:base', image: { id: 'sha256:abc', labels: {} } }],
  secrets: [{ id: 't', env: 'T' }],
  pull: false,
  timeout: 1,
  onLine: () => {},
};

describe('buildCommand', () => {
  it('names local images in full, pins parents by ID and pulls only what is missing', () => {
    expect(buildCommand(request, '/w/docker/x/Dockerfile.dockerignore').join(' ')).toBe(
      'build --format=docker --layers --force-rm --pull=missing --file /w/docker/x/Dockerfile ' +
        '--ignorefile /w/docker/x/Dockerfile.dockerignore --tag localhost/x:1 --tag docker.io/team/x:1 --label a=b ' +
        '--build-arg A=1 --platform linux/amd64 --secret id=t,env=T --build-context x:base=docker-image://abc /w',
    );
  });

  it('gives all files the time of the image', () => {
    const epoch = { ...request, rewriteTimestamps: true, buildArgs: { SOURCE_DATE_EPOCH: '7' } };
    expect(buildCommand(epoch, undefined).join(' ')).toContain(' --timestamp 7 ');
  });

  it('passes SSH agents', () => {
    expect(buildCommand({ ...request, ssh: ['default'] }, undefined).join(' ')).toContain(' --ssh default ');
  });
});

it.each([
  ['x', 'localhost/x:latest'],
  ['x:1', 'localhost/x:1'],
  ['team/x:1', 'localhost/team/x:1'],
  ['docker.io/team/x:1', 'docker.io/team/x:1'],
  ['localhost:5000/x', 'localhost:5000/x:latest'],
])('%s is stored as %s', (reference, name) => {
  expect(storageName(reference)).toBe(name);
});
