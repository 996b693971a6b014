import { buildId } from './build-id.ts';
import type { BuildInputs } from './build-id.ts';

const inputs: BuildInputs = {
  files: [
    { path: 'Dockerfile', content: 'FROM model-server:base-slim\nCOPY tools/a.sh /\n' },
    { path: 'Dockerfile.dockerignore', content: '*\n!tools/a.sh\n' },
  ],
  context: [{ path: 'tools/a.sh', mode: 0o755, digest: 'sha256:aa' }],
  buildArgs: { A: '1', B: '2' },
  platforms: ['linux/amd64', 'linux/arm64'],
  labels: { a: '1', b: '2' },
  parents: { 'model-server:base-slim': 'sha256:p1' },
  engineOptions: { network: 'none', squash: 'no' },
};

const [dockerfile, dockerignore] = inputs.files as [BuildInputs['files'][number], BuildInputs['files'][number]];
const [copied] = inputs.context as [BuildInputs['context'][number]];

describe('buildId', () => {
  it('is a sha256 digest, the same on every machine', () => {
    expect(buildId(inputs)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(buildId(structuredClone(inputs))).toBe(buildId(inputs));
  });

  it.each<[string, Partial<BuildInputs>]>([
    [
      'the Dockerfile',
      { files: [{ ...dockerfile, content: `${dockerfile.content as string}RUN true\n` }, dockerignore] },
    ],
    ['another rendered file', { files: [dockerfile, { ...dockerignore, content: '*\n' }] }],
    ['the name of a rendered file', { files: [dockerfile, { ...dockerignore, path: 'x' }] }],
    ['the content of a copied file', { context: [{ ...copied, digest: 'sha256:bb' }] }],
    ['the mode of a copied file', { context: [{ ...copied, mode: 0o644 }] }],
    ['the path of a copied file', { context: [{ ...copied, path: 'tools/b.sh' }] }],
    ['the target of a link', { context: [{ ...copied, link: 'b.sh' }] }],
    ['a copied file that is gone', { context: [] }],
    ['a build argument', { buildArgs: { A: '1', B: '3' } }],
    ['one more build argument', { buildArgs: { A: '1', B: '2', C: '' } }],
    ['a platform', { platforms: ['linux/amd64'] }],
    ['a label', { labels: { a: '1', b: '3' } }],
    ['a parent', { parents: { 'model-server:base-slim': 'sha256:p2' } }],
    ['an engine option', { engineOptions: { network: 'host', squash: 'no' } }],
  ])('changes with %s', (_, change) => {
    expect(buildId({ ...inputs, ...change })).not.toBe(buildId(inputs));
  });

  it.each<[string, Partial<BuildInputs>]>([
    ['build arguments', { buildArgs: { B: '2', A: '1' } }],
    ['platforms', { platforms: ['linux/arm64', 'linux/amd64', 'linux/amd64'] }],
    ['labels', { labels: { b: '2', a: '1' } }],
    ['engine options', { engineOptions: { squash: 'no', network: 'none' } }],
    ['bytes or text', { files: [{ ...dockerfile, content: Buffer.from(dockerfile.content) }, dockerignore] }],
  ])('does not depend on the order of %s', (_, change) => {
    expect(buildId({ ...inputs, ...change })).toBe(buildId(inputs));
  });

  it('does not depend on the tag of a parent', () => {
    const retagged = {
      ...inputs,
      files: [
        { ...dockerfile, content: (dockerfile.content as string).replace('base-slim', 'base-2.0') },
        dockerignore,
      ],
      parents: { 'model-server:base-2.0': 'sha256:p1' },
    };
    expect(buildId(retagged)).toBe(buildId(inputs));
  });

  it('depends on the position of each parent', () => {
    const parents = { 'a:1': 'sha256:1', 'b:1': 'sha256:2' };
    const one = { ...inputs, parents, files: [{ path: 'Dockerfile', content: 'FROM a:1\nCOPY --from=b:1 /x /' }] };
    const other = { ...inputs, parents, files: [{ path: 'Dockerfile', content: 'FROM b:1\nCOPY --from=a:1 /x /' }] };
    expect(buildId(one)).not.toBe(buildId(other));
  });

  it('depends on a parent named only in a build argument', () => {
    const byArgument = (id: string): string =>
      buildId({
        ...inputs,
        files: [{ path: 'Dockerfile', content: 'ARG BASE\nFROM ${BASE}\n' }],
        buildArgs: { BASE: 'model-server:base-slim' },
        parents: { 'model-server:base-slim': id },
      });
    expect(byArgument('sha256:p1')).not.toBe(byArgument('sha256:p2'));
  });
});

it.each(['constructor', 'toString', '__proto__'])('tells a build argument %s from others', (value) => {
  const of = (text: string): string => buildId({ ...inputs, buildArgs: { A: text } });
  expect(new Set([of(value), of('valueOf'), of('hasOwnProperty'), of('null')]).size).toBe(4);
});
