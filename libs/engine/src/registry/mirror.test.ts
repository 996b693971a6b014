import { MIRROR_PATTERN, readMirror, readMirrorUrl, referenceInMirror, REGISTRY_PATTERN } from './mirror.ts';

const registry = new RegExp(REGISTRY_PATTERN, 'u');
const mirror = new RegExp(MIRROR_PATTERN, 'u');

it.each([
  'docker.io',
  'quay.io',
  'localhost',
  'localhost:5000',
  'registry:5000',
  '10.0.0.1:5000',
  'registry.example.com:443',
])('%s is a registry, and a mirror', (text) => {
  expect([registry.test(text), mirror.test(text)]).toEqual([true, true]);
});

it.each([
  ['mirror.example/dockerhub', 'mirror.example/dockerhub/library/debian:12'],
  ['harbor.example:8443/proxy/docker-hub', 'harbor.example:8443/proxy/docker-hub/library/debian:12'],
  ['1.dkr.ecr.eu-west-1.amazonaws.com/hub', '1.dkr.ecr.eu-west-1.amazonaws.com/hub/library/debian:12'],
  ['mirror.gcr.io', 'mirror.gcr.io/library/debian:12'],
  ['localhost/hub', 'localhost/hub/library/debian:12'],
])('%s has debian:12 as %s', (text, reference) => {
  expect([registry.test(text.split('/')[0] ?? ''), mirror.test(text)]).toEqual([true, true]);
  expect(referenceInMirror(readMirror(text), 'debian:12')).toBe(reference);
});

it.each([
  '',
  '/',
  'dockerhub',
  'mirror/dockerhub',
  'https://mirror.example',
  'file:///etc/passwd',
  'user@mirror.example',
  'user:password@mirror.example',
  'mirror.example/',
  'mirror.example//x',
  'mirror.example/../x',
  'mirror.example/x?y',
  'mirror.example/x#y',
  'mirror.example:port',
  'mirror.example:123456',
  'Mirror.example',
  'mirror.example/Hub',
  'mirror.example/hub:1',
  'mirror.example/hub\n',
  ' mirror.example',
  'mirror.example\u001b[31m',
  '__proto__',
  'constructor',
])('%j is neither', (text) => {
  expect([registry.test(text), mirror.test(text)]).toEqual([false, false]);
});

it.each([
  ['https://mirror.gcr.io', { registry: 'mirror.gcr.io', path: '', plainHttp: false }],
  ['https://mirror.example:5000/', { registry: 'mirror.example:5000', path: '', plainHttp: false }],
  ['http://10.0.0.1:5000', { registry: '10.0.0.1:5000', path: '', plainHttp: true }],
  ['https://mirror.example/path', undefined],
  ['https://user:password@mirror.example', undefined],
  ['https://mirror.example/?x', undefined],
  ['mirror.example', undefined],
  ['file:///etc/passwd', undefined],
  ['https://', undefined],
  [7, undefined],
  [null, undefined],
])('reads the mirror %j of an engine', (url, expected) => {
  expect(readMirrorUrl(url)).toEqual(expected);
});

it('takes the tag latest if a reference has none', () => {
  expect(referenceInMirror(readMirror('m.example'), 'quay.io/a/b')).toBe('m.example/a/b:latest');
});
