import type { CudaVariables } from '@nx-image-matrix/manifest';
import { makeImage, removeTrees, renderText, renderTree, TEMPLATE } from './test-kit.ts';

afterAll(removeTrees);

const cuda: CudaVariables = {
  version: { full: '11.3.1', major: '11', minor: '3', patch: '1', short: '11.3' },
  components: { cudart: '11.3.109-1' },
  cudnn: null,
  requires: 'cuda>=11.3 driver>=450',
  prefix: 'ubuntu2004',
  repository_url: 'https://example.com/cuda/repos/ubuntu2004/x86_64',
  ml_repository_url: 'https://example.com/ml/repos/ubuntu2004/x86_64',
  repository_urls: {
    amd64: 'https://example.com/cuda/repos/ubuntu2004/x86_64',
    arm64: 'https://example.com/cuda/repos/ubuntu2004/sbsa',
  },
  ml_repository_urls: {},
  repository_base: 'https://example.com/cuda/repos/ubuntu2004',
  ml_repository_base: 'https://example.com/ml/repos/ubuntu2004',
};

describe('the variables of a template', () => {
  it.each([
    ['{{ package }} {{ release_type }} {{ version }}', 'model-server runtime 0.13.0'],
    ['{{ distro.name }} {{ distro.version }} {{ distro.id }}', 'debian 10 debian10'],
    ['{{ header }}FROM {{ from }}', '# generated\nFROM model-server:base-slim'],
    ['{{ base_image }} {{ add_to_tags }} {{ multistage_image }}', 'debian:buster-slim slim true'],
    [
      '{{ tags | join: "," }} {{ name }} {{ dir }}',
      '0.13.0-slim-runtime model-server-debian10-runtime docker/model-server/debian10/runtime',
    ],
    ['{% for e in envars %}{{ e.name }}={{ e.value }};{% endfor %}', 'LANG=C.UTF-8;EMPTY=;'],
    ['{{ args.PYTHON_VERSION }} {{ args["RELEASE"] }}', '3.12 0.13.0'],
    ['{% for a in args %}{{ a[0] }}={{ a[1] }};{% endfor %}', 'PYTHON_VERSION=3.12;RELEASE=0.13.0;'],
    ['{{ image.package }} {{ image.distro.id }} {{ image.args.RELEASE }}', 'model-server debian10 0.13.0'],
    ['{{ envars.size }} {{ tags.first }}', '2 0.13.0-slim-runtime'],
  ])('have the values of the manifest: %s', (template, expected) => {
    expect(renderText(template)).toBe(expected);
  });

  it('without a value are false, and print nothing', () => {
    const template =
      '[{% if cuda %}no{% endif %}{{ cuda }}{{ add_to_tags }}{{ cuda.version.full }}{% unless header %}!{% endunless %}]';
    expect(renderText(template, { variables: { add_to_tags: null, header: null } })).toBe('[!]');
  });

  it('include CUDA if there is any', () => {
    const template = [
      '{% if cuda %}{{ cuda.version.full }} {{ cuda.version.short }} {{ cuda.requires }}',
      '{% for c in cuda.components %}{{ c[0] }}={{ c[1] }} {% endfor %}{% if cuda.cudnn %}no{% endif %}',
      '{{ cuda.repository_url }}{% endif %}',
    ].join('\n');
    expect(renderText(template, { variables: { cuda } })).toBe(
      '11.3.1 11.3 cuda>=11.3 driver>=450\ncudart=11.3.109-1 \nhttps://example.com/cuda/repos/ubuntu2004/x86_64',
    );
  });

  it('include the platforms, which no text of all variables shows', () => {
    const platforms = ['linux/amd64', 'linux/arm64'];
    expect(renderText('{{ platforms | join: "," }} {{ image.platforms[1] }}', { platforms })).toBe(
      'linux/amd64,linux/arm64 linux/arm64',
    );
    expect(renderText('[{{ platforms | join: "," }}{{ platforms.size }}{% if platforms == empty %}!{% endif %}]')).toBe(
      '[0!]',
    );
    expect(renderText('{{ image | json }}', { platforms })).toBe(renderText('{{ image | json }}'));
  });

  it('are suggested, those that no text shows included', () => {
    const { diagnostics } = renderTree({ [TEMPLATE]: 'FROM x\n{{ platform }}' });
    expect(diagnostics).toMatchObject([{ hint: 'did you mean `platforms`?' }]);
  });

  it.each([
    'nope',
    'image.nope',
    'distro.nope',
    'args.NOPE',
    'size',
    'image.size',
    'toString',
    'args.constructor',
    'envars[7]',
  ])('do not include %s', (name) => {
    const { diagnostics, files } = renderTree({ [TEMPLATE]: `FROM x\n  {{ ${name} }}` });
    expect(diagnostics).toEqual([expect.objectContaining({ code: 'template-error', line: 2, column: 6 })]);
    expect(files).toEqual([]);
  });

  it('stay as they are when a template is rendered', () => {
    const image = makeImage();
    const before = structuredClone(image);
    renderTree({ [TEMPLATE]: '{% assign args = 1 %}{{ tags | push: "x" }}{{ image | json }}' }, image);
    expect(image).toEqual(before);
  });
});

describe('whether the release version is used', () => {
  it.each([
    ['{{ version }}', true],
    ['{{ image.version }}', true],
    ['{% if version == "dev" %}x{% endif %}', true],
    ['{{ tags[0] }}', true],
    ['{{ args.RELEASE }}', true],
    ['{{ args["RELEASE"] }}', true],
    ['{% for a in args %}{{ a[0] }}{% endfor %}', true],
    ['{{ image | json }}', true],
    ['{% assign v = version %}', true],
    ['{% render "partial" %}', true],
    ['{{ args.PYTHON_VERSION }}', false],
    ['{{ image.args.PYTHON_VERSION }}', false],
    ['{{ cuda.version.full }} {{ distro.version }}', false],
    ['# version 0.13.0 {% raw %}{{ version }}{% endraw %}', false],
    ['{% if cuda %}{{ version }}{% endif %}', false],
    ['{% comment %}{{ version }}{% endcomment %}', false],
    ['FROM {{ from }}', false],
  ])('is known from what is read: %s', (template, expected) => {
    const { usesVersion, diagnostics } = renderTree({
      [TEMPLATE]: template,
      'images/templates/partial.liquid': '{{ version }}',
    });
    expect(diagnostics).toEqual([]);
    expect(usesVersion).toBe(expected);
  });

  it('is not computed for images without versioned values', () => {
    expect(renderTree({ [TEMPLATE]: '{{ version }}{{ args.RELEASE }}' }, { versioned: [] }).usesVersion).toBe(false);
  });
});

describe('vars in a template', () => {
  const vars = { packages: ['curl', 'git'], versions: { '3.12': { SHA: 'a' } }, off: null, v: '3.10' };

  it.each([
    ['{% for p in vars.packages %}{{ p }} {% endfor %}', 'curl git '],
    ['{{ vars.versions["3.12"].SHA }}{{ image.vars.v }}', 'a3.10'],
    ['{% if vars.off %}no{% endif %}{% if vars.v == 3.10 %}yes{% endif %}', 'yes'],
    ['{{ vars.versions | json }}', '{"3.12":{"SHA":"a"}}'],
  ])('%s', (template, expected) => {
    expect(renderText(template, { variables: { vars } })).toBe(expected);
  });

  it('that the image does not have are an error that names the nearest', () => {
    const { diagnostics } = renderTree({ [TEMPLATE]: 'FROM x\nRUN {{ vars.package }}\n' }, { variables: { vars } });
    expect(diagnostics).toMatchObject([
      {
        code: 'template-error',
        line: 2,
        message: 'undefined variable: vars.package',
        hint: 'did you mean `vars.packages`?',
      },
    ]);
  });

  it('of an image without any are empty, and nothing shows them', () => {
    expect(renderText('{{ vars | json }}')).toBe('{}');
    expect(renderText('{{ image | json }}')).not.toContain('"vars"');
  });
});
