import { readDockerfile } from '@nx-image-matrix/dockerfile';
import type { Image } from '@nx-image-matrix/manifest';
import { dockerfileWarnings } from './dockerfile-warnings.ts';

const image = { secrets: [{ id: 'pip' }], ssh: ['default'], platforms: [], variables: {} } as unknown as Image;

function warnings(run: string, platforms: string[] = []): string[] {
  const text = `FROM debian\n${run}`;
  return dockerfileWarnings(
    { ...image, platforms, variables: { cuda: {} } } as Image,
    readDockerfile(text).facts!,
    text,
    'Dockerfile',
  ).map(({ code, severity, line, column }) => `${severity} ${code} ${line}:${column}`);
}

it.each([
  ['a secret of the manifest', 'RUN --mount=type=secret,id=pip,required x', []],
  ['another secret', 'RUN --mount=type=secret,id=pop x', ['warning undeclared-secret 2:1']],
  [
    'another secret that has to be there',
    '  RUN --mount=type=secret,id=pop,required x',
    ['error undeclared-secret 2:3'],
  ],
  ['an SSH agent of the manifest', 'RUN --mount=type=ssh x', []],
  ['another SSH agent', 'RUN --mount=type=ssh,id=deploy x', ['warning undeclared-secret 2:1']],
  ['the network of the host', 'RUN --network=host x', ['warning unsupported-run 2:1']],
  ['all rights', 'RUN --security=insecure x', ['warning unsupported-run 2:1']],
  ['no network', 'RUN --network=none x', []],
  ['what an image of ours will mount', 'ONBUILD RUN --mount=type=secret,id=pop x', []],
])('a RUN with %s', (_, run, expected) => {
  expect(warnings(run)).toEqual(expected);
});

const [amd64, arm64] = ['https://x/debian12/x86_64', 'https://x/debian12/sbsa'];

it.each([
  ['one platform', `RUN x ${amd64}`, ['linux/amd64'], []],
  ['two platforms', `RUN x ${amd64}`, ['linux/amd64', 'linux/arm64'], ['warning cuda-architecture 2:1']],
  ['two platforms and the repositories of both', `RUN x ${amd64} ${arm64}`, ['linux/amd64', 'linux/arm64'], []],
  [
    'a platform that NVIDIA has no folder for',
    `RUN x ${amd64} ${arm64}`,
    ['linux/s390x'],
    ['warning cuda-architecture 2:1'],
  ],
])('a CUDA repository and %s', (_, run, platforms, expected) => {
  expect(warnings(run, platforms)).toEqual(expected);
});
