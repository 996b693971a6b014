import { imagesOf, minimal } from '../../test/minimal.ts';

const labelsOf = (text: string): Record<string, string> => imagesOf(text).at(-1)!.labels;
const labels = `      labels: {p: "{{ platforms | join: ',' }}", all: "{{ image | json }}"}\n`;

describe('platforms', () => {
  it('are seen by arguments, values of axes, tags and labels', () => {
    const text = `release_types: {runtime: {tags: ["t{{ platforms.size }}"]}}
${minimal}      platforms: [linux/amd64, linux/arm64]
      args: {ONE: "{{ platforms | first }}", AXIS: ["{{ platforms.size }}p"]}
${labels}`;
    const image = imagesOf(text).at(-1)!;
    expect(image).toMatchObject({
      args: { ONE: 'linux/amd64', AXIS: '2p' },
      tags: ['t2'],
      labels: { p: 'linux/amd64,linux/arm64' },
    });
  });

  it('are an empty list without any, and in no text of all variables', () => {
    const without = labelsOf(`${minimal}${labels}`);
    expect(without['p']).toBe('');
    expect(labelsOf(`${minimal}      platforms: [linux/arm64]\n${labels}`)['all']).toBe(without['all']);
    expect(without['all']).not.toContain('platforms');
  });

  it('are those that come with the value of an axis', () => {
    const text = `${minimal}      args: {V: {a: {platforms: [linux/arm64]}, b: {}}}\n${labels}`;
    expect(imagesOf(text).map((image) => image.labels['p'])).toEqual(['linux/arm64', '', 'linux/arm64', '']);
  });
});

describe('cuda.repository_urls', () => {
  const text = (label: string): string => `cuda_dependencies: {12.4: {cudart: 12-1}}
release_types: {runtime: {cuda: true}}
${minimal}      cuda: 12.4
      cuda_prefix_url: debian12
      labels: {l: "${label}"}
`;

  it.each([
    ['{{ cuda.repository_urls.arm64 }}', 'https://developer.download.nvidia.com/compute/cuda/repos/debian12/sbsa'],
    [
      '{{ cuda.ml_repository_urls.amd64 }}',
      'https://developer.download.nvidia.com/compute/machine-learning/repos/debian12/x86_64',
    ],
    ['{% for url in cuda.repository_urls %}{{ url[0] }} {% endfor %}', 'amd64 arm64 '],
    [
      '{% for each in cuda %}{{ each[0] }} {% endfor %}',
      'version components cudnn requires prefix repository_url ml_repository_url repository_base ml_repository_base ',
    ],
  ])('%s is %s', (label, value) => {
    expect(labelsOf(text(label))['l']).toBe(value);
  });

  it('begin with the option, and are in no text of the variable', () => {
    const [image] = imagesOf(text('{{ cuda | json }}'), { cudaRepositoryBase: 'https://mirror/' }).slice(-1);
    expect(image!.variables.cuda!.repository_urls['arm64']).toBe('https://mirror/cuda/repos/debian12/sbsa');
    expect(image!.labels['l']).not.toContain('urls');
  });
});
