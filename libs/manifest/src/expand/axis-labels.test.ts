import { diagnose, imagesOf, marked, minimal } from '../../test/minimal.ts';

const text = (labels: string, more = ''): string =>
  `${minimal}      args: {CUDA_VER: [11.8.0, 12.9], PYTHON_VERSION: [3.12]}\n${more}axis_labels: ${labels}\n`;

describe('axis_labels', () => {
  it.each([
    ['{CUDA_VER: cuda, PYTHON_VERSION: py}', 'cuda11.8.0-py3.12'],
    ['{CUDA_VER: cuda-, PYTHON_VERSION: ""}', 'cuda-11.8.0-3.12'],
    ['{CUDA_VER: "", PYTHON_VERSION: ""}', '11.8.0-3.12'],
    ['{CUDA_VER: }', 'cuda_ver11.8.0-python3.12'],
    ['', 'cuda_ver11.8.0-python3.12'],
    ['{x-note: b, CUDA_VER: 1.10}', '1.1011.8.0-python3.12'],
  ])('%s are in names, folders and tags', (labels, expected) => {
    const [base] = imagesOf(text(labels));
    expect(base).toMatchObject({
      name: `app-debian12-base-${expected}`,
      dir: `docker/app/debian12/base-${expected}`,
      tags: [`base-${expected}-slim`],
    });
  });

  it('are in Nx tags, where an axis without a label keeps its name and one called cuda is the CUDA version', () => {
    const tagsOf = (labels: string): string[] => imagesOf(text(labels))[0]!.nxTags.slice(5);
    expect(tagsOf('{CUDA_VER: cuda, PYTHON_VERSION: ""}')).toEqual(['cuda:11.8.0', 'python:3.12']);
    expect(tagsOf('{}')).toEqual(['cuda:none', 'cuda_ver:11.8.0', 'python:3.12']);
  });

  it('have labels of names that JavaScript has a meaning for', () => {
    const [base] = imagesOf(`${minimal}      args: {__proto__: [a]}\naxis_labels: {__proto__: p}\n`);
    expect(base!.name).toBe('app-debian12-base-pa');
  });

  const cuda = `cuda_dependencies: {12.4: {cudart: 12-1}}
release_types: {runtime: {cuda: true}}
release_spec: {cuda: 12.4, cuda_prefix_url: u}
`;
  it.each([
    ['an argument that there is not', '{¦CUDA_VERS: cuda}', '', 'unknown-key', 'not the name of an argument'],
    ['a label with a space', '{CUDA_VER: ¦"a b"}', '', 'bad-arg', 'cannot be the label'],
    ['a label with a slash', '{CUDA_VER: ¦a/b}', '', 'bad-arg', 'cannot be the label'],
    ['a label of a dot', '{CUDA_VER: ¦"."}', '', 'bad-arg', 'cannot be the label'],
    ['what Nx tags of all projects begin with', '{CUDA_VER: ¦distro}', '', 'bad-arg', 'Nx tag `distro:`'],
    ['a list', '{CUDA_VER: ¦[a]}', '', 'wrong-type', 'must be a string'],
    ['a list of labels', '¦[a]', '', 'wrong-type', 'must be a map'],
    ['the usual label of another axis', '{CUDA_VER: ¦python}', '', 'bad-arg', 'both `CUDA_VER` and `PYTHON_VERSION`'],
    ['one label twice', '{CUDA_VER: a, PYTHON_VERSION: ¦a}', '', 'bad-arg', 'both `CUDA_VER` and `PYTHON_VERSION`'],
    ['that of CUDA', '{CUDA_VER: ¦cuda}', cuda, 'bad-arg', 'both the CUDA version and `CUDA_VER` of `runtime`'],
  ])('cannot be %s', (_, labels, more, code, message) => {
    const { text: manifest, line, column } = marked(text(labels, more));
    expect(diagnose(manifest)).toMatchObject([{ code, line, column, message: expect.stringContaining(message) }]);
  });
});
