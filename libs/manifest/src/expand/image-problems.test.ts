import { diagnose } from '../../test/minimal.ts';

/** Two CUDA versions, of which one has `nvprof`, on two releases; `section` is a part of `release_types.tool`. */
const manifest = (section: string): string => `
cuda_dependencies:
  12.8.1: { cudart: 12.8.90-1, nvprof: 12.8.90-1 }
  13.0.0: { cudart: 13.0.48-1 }
release_types:
  tool:
    cuda: true
    ${section}
release_spec: { templates_dir: templates, multistage_image: False, cuda: [12.8.1, 13.0.0], cuda_prefix_url: x }
packages: { app: { tool: [debian] } }
releases:
  debian:
    12: { base_image: "debian:12", add_to_tags: slim12 }
    13: { base_image: "debian:13", add_to_tags: slim13 }
`;
const NVPROF = 'undefined variable: cuda.components.nvprof';
const FOR = '(for `app-debian12-tool-cuda13.0.0` and 1 more image)';

describe('a problem that some of the images have names the first and counts the others', () => {
  it.each([
    ['a label', 'labels: { v: "{{ cuda.components.nvprof }}" }', `\`v\`: ${NVPROF} (line 1 of the text) ${FOR}`],
    ['an argument', 'args: { V: "{{ cuda.components.nvprof }}" }', `\`V\`: ${NVPROF} (line 1 of the text) ${FOR}`],
    ['a base image', 'base_image: "nvidia/cuda:{{ cuda.components.nvprof }}"', `\`base_image\`: ${NVPROF} ${FOR}`],
    [
      'a base image that is not a reference',
      'base_image: "{% if cuda.version.major == 13 %}a b{% else %}a{% endif %}"',
      `\`base_image\`: it renders to \`a b\`, which is not a reference to an image ${FOR}`,
    ],
    [
      'a tag',
      'tags: ["{{ distro.id }}-{{ cuda.version.full }}-{{ cuda.components.nvprof }}"]',
      `${NVPROF} (line 1 of the tag) ${FOR}`,
    ],
    [
      'a tag of other characters',
      'tags: ["{{ distro.id }}-{{ cuda.version.full }}", "{% if cuda.version.major == 13 %}a/b{% endif %}"]',
      `\`a/b\` is not a tag ${FOR}`,
    ],
    [
      'no tag',
      'tags: ["{% if cuda.version.major == 12 %}{{ distro.id }}{% endif %}"]',
      `\`tool\` has no tag here: every one of its \`tags\` renders to nothing ${FOR}`,
    ],
  ])('%s', (_, section, message) => {
    expect(diagnose(manifest(section))).toMatchObject([{ message }]);
  });

  it('a value that may be a credential, which is not shown', () => {
    const [first, ...others] = diagnose(manifest('labels: { my_token: "{{ cuda.components.nvprof }}" }'));
    expect(others).toEqual([]);
    expect(first).toMatchObject({ message: `\`my_token\` is not a Liquid string ${FOR}`, conceal: true });
  });
});

describe('a problem of a text without Liquid', () => {
  it('names no image', () => {
    expect(diagnose(manifest('tags: ["{{ distro.id }}-{{ cuda.version.full }}", "a/b"]'))).toMatchObject([
      { message: '`a/b` is not a tag' },
    ]);
  });
});

describe('a problem of all images', () => {
  it('is one diagnostic that names the first', () => {
    expect(diagnose(manifest('labels: { v: "{{ distro.nmae }}" }'))).toMatchObject([
      { message: expect.stringMatching(/distro\.nmae .*\(for `app-debian12-tool-cuda12\.8\.1` and 3 more images\)$/) },
    ]);
  });
});
