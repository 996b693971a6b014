import { readDockerfile } from '@nx-image-matrix/dockerfile';
import type { Image } from '@nx-image-matrix/manifest';
import { dockerfileWarnings } from './dockerfile-warnings.ts';

const image = { secrets: [{ id: 'pip' }], ssh: ['default'], platforms: [], variables: {} } as unknown as Image;

function warnings(run: string): string[] {
  const text = `FROM debian\n${run}`;
  return dockerfileWarnings(image, readDockerfile(text).facts!, text, 'Dockerfile').map(
    ({ code, severity, line, column }) => `${severity} ${code} ${line}:${column}`,
  );
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
