import { diagnose, imagesOf, summary } from '../../test/minimal.ts';

const manifest = (spec: string, release = 'cuda: 12.4.1, '): string => `
cuda_dependencies:
  12.4: {cudart: 12.4.99-1}
  12.4.1: &cuda {cudart: 12.4.127-1}
  12.6.3: {cudart: 12.6.77-1}
packages:
  app: {cudnn: [debian]}
  own: {cudnn: [debian]}
package_spec:
  own: ${spec}
releases:
  debian:
    12: {templates_dir: t, base_image: "debian:12", ${release}cuda_prefix_url: u}
`;

const cudaOf = (text: string): string[] =>
  imagesOf(text)
    .filter(({ package: name, releaseType }) => name === 'own' && releaseType === 'cudnn')
    .map(({ name, tags, variables }) => `${name} ${tags[0]} ${Object.values(variables.cuda!.components).join()}`);

describe('cuda of package_spec', () => {
  it.each([
    ['{cuda: 12.4}', ['own-debian12-cudnn-cuda12.4 dev-cudnn 12.4.99-1']],
    ['{cuda: *cuda}', ['own-debian12-cudnn-cuda12.4.1 dev-cudnn 12.4.127-1']],
    [
      '{cuda: [12.4, [12.6.3]]}',
      [
        'own-debian12-cudnn-cuda12.4 dev-cuda12.4-cudnn 12.4.99-1',
        'own-debian12-cudnn-cuda12.6.3 dev-cuda12.6.3-cudnn 12.6.77-1',
      ],
    ],
    ['{labels: {a: b}}', ['own-debian12-cudnn-cuda12.4.1 dev-cudnn 12.4.127-1']],
  ])('%s goes before that of the release', (spec, images) => {
    expect(cudaOf(manifest(spec))).toEqual(images);
  });

  it('is enough where no release has CUDA', () => {
    const text = manifest('{cuda: 12.4}', '').replace('app: {cudnn', 'app: {runtime');
    expect(cudaOf(text)).toEqual(['own-debian12-cudnn-cuda12.4 dev-cudnn 12.4.99-1']);
  });

  it.each([
    ['switched off', '{cuda: }', ['cuda-not-available 8:17']],
    ['empty', '{cuda: []}', ['cuda-not-available 8:17']],
    ['unknown', '{cuda: 12.5}', ['unknown-cuda-version 10:15']],
    ['components of no version', '{cuda: {cudart: 1-1}}', ['unknown-cuda-version 10:9']],
    ['of the wrong type', '{cuda: true}', ['wrong-type 10:15']],
  ])('is reported where it is %s', (_, spec, expected) => {
    expect(summary(diagnose(manifest(spec)))).toEqual(expected);
  });
});

it('a CUDA version of two numbers has no patch', () => {
  const image = imagesOf(manifest('{cuda: 12.4}')).at(-1)!;
  expect(image.variables.cuda!.version).toEqual({ full: '12.4', major: '12', minor: '4', patch: '', short: '12.4' });
});

it.each(['12', '12.4.1.0', '12.x', '012.4', '12.', '.4', 'a'])('%s is not a CUDA version', (version) => {
  const text = manifest('{}').replace('  12.6.3:', `  "${version}":`);
  expect(summary(diagnose(text))).toEqual(['bad-cuda-version 5:3']);
});
