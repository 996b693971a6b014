import { join } from 'node:path';
import * as fc from 'fast-check';
import { Liquid } from 'liquidjs';
import { TemplateEngine } from './engine.ts';
import { makeImage, makeTree, readFile, removeTrees, TEMPLATE, type ImageChanges } from './test-kit.ts';

afterAll(removeTrees);

/** Pieces of templates, each of which uses variables in a different way. */
const pieces = [
  '{% for p in vars.list %}{{ p }}{% endfor %}',
  '{{ vars.one }}',
  '{{ platforms | join: "," }}',
  '{% if platforms contains "linux/arm64" %}arm{% endif %}',
  'FROM {{ from }}\n',
  '# {{ name }}, {{- package -}} {{ image.name }}\n',
  '{{ version }}',
  '{{ header }}',
  '{{ add_to_tags }}',
  '{{ from | upcase }}',
  '{{ args.PYTHON_VERSION }}',
  '{{ args.RELEASE }}',
  '{% for a in args %}{{ a[0] }}={{ a[1] }};{% endfor %}',
  '{% for e in envars %}{{ e.name }}={{ name }}{% endfor %}',
  '{% for name in tags %}{{ name }}{% endfor %}',
  '{% if cuda %}{{ cuda.version.full }}{% else %}{{ from }}{% endif %}',
  '{% if package contains "er" %}er{% endif %}',
  '{% if version %}v{% endif %}',
  '{% assign from = from | append: "-x" %}{{ from }}',
  '{% assign package = name %}{{ package }}',
  '{% capture text %}{{ from }}{{ version }}{% endcapture %}{{ text }}{{ text | size }}',
  '{% capture name %}{{ dir }}{% endcapture %}{{ name }}',
  '{% increment name %}{{ name }}',
  '{% cycle from, name %}',
  '{% case release_type %}{% when "runtime" %}{{ dir }}{% else %}{{ name }}{% endcase %}',
  "{% render 'part', package: 'other' %}",
  "{% render 'part', from: package %}",
  "{% render 'loop' for tags as from %}",
  "{% include 'part' %}",
  '{% include package %}',
  '{{ image | json }}',
  '{% raw %}{{ from }}{% endraw %}{{ distro.id }}',
  '{% for i in (1..3) %}{% if i == 2 %}{% break %}{% endif %}{{ from }}{% endfor %}',
  '{{ dir | split: "/" | last }}{{ base_image | replace: ":", package }}',
  '{{ true }}{{ "text" }}{{ 1 }}',
  '{{ multistage_image }}',
  '{{ nope }}',
];

const partials = {
  'images/templates/debian/part.liquid': '<{{ package }} {{ from }} {{ version }} {{ cuda.version.major }}>',
  'images/templates/debian/loop.liquid': '<{{ from }} {{ name }}>',
  'images/templates/debian/model-server.liquid': 'model-server has its own',
  'images/templates/debian/yatai.liquid': 'yatai, {{ name }}',
};

const cuda = { version: { full: '12.4.1', major: '12', minor: '4', patch: '1', short: '12.4' } } as never;

const image: fc.Arbitrary<ImageChanges> = fc
  .record({
    package: fc.constantFrom('model-server', 'yatai', 'other'),
    from: fc.constantFrom('debian:12', 'model-server:base', ''),
    header: fc.constantFrom('# one\n', '# two\n', null),
    add_to_tags: fc.constantFrom('slim', null),
    tags: fc.constantFrom('1.0 x', '2.0').map((tags) => tags.split(' ')),
    python: fc.constantFrom('3.11', '3.12'),
    release: fc.constantFrom('1.0', '2.0'),
    cuda: fc.constantFrom(null, cuda),
    vars: fc.constantFrom({ list: ['a'], one: 'x' }, { list: ['b', 'c'], one: 'x' }),
    platforms: fc.constantFrom<string[]>([], ['linux/amd64'], ['linux/amd64', 'linux/arm64']),
    versioned: fc.subarray(['version', 'from', 'args.RELEASE', 'tags', 'name']),
  })
  .map(({ versioned, python, release, platforms, ...variables }) => ({
    versioned,
    platforms,
    variables: {
      ...variables,
      name: `${variables.package}-debian10-runtime`,
      dir: `docker/${variables.package}/debian10/runtime`,
      args: { PYTHON_VERSION: python, RELEASE: release },
    },
  }));

const template = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((texts) => texts.join(''));

/** What LiquidJS itself renders. */
function plainly(root: string, changes: ImageChanges): (text: string) => string {
  const { variables, platforms } = makeImage(changes);
  const liquid = new Liquid({ root: join(root, 'images/templates/debian'), extname: '.liquid', ownPropertyOnly: true });
  return (text) =>
    liquid.parseAndRenderSync(text, {}, { globals: { ...variables, platforms, image: variables } }) as string;
}

describe('an engine that has rendered other images before', () => {
  it('renders every image like a new engine', () => {
    let repeated = 0;
    fc.assert(
      fc.property(template, template, fc.array(image, { minLength: 2, maxLength: 8 }), (text, extra, images) => {
        const root = makeTree({
          [TEMPLATE.replace('runtime.', 'runtime/')]: text,
          'images/templates/debian/runtime/more.liquid': extra,
          ...partials,
        });
        const engine = (): TemplateEngine =>
          new TemplateEngine({
            readFile,
            contextDir: join(root, 'images'),
            workspaceDir: root,
            templatesDirs: ['templates/debian'],
          });
        const shared = engine();
        for (const changes of images) {
          const rendered = shared.render(makeImage(changes));
          expect(rendered).toEqual(engine().render(makeImage(changes)));
          if (rendered.diagnostics.length > 0) continue;
          const [dockerfile, ...extras] = [text, extra].map(plainly(root, changes));
          const written = [dockerfile, ...extras.filter((content) => content.trim() !== '')];
          expect(rendered.files.map(({ content }) => content)).toEqual(written);
          repeated += 1;
        }
        removeTrees();
      }),
      { numRuns: 400 },
    );
    expect(repeated).toBeGreaterThan(400);
  });
});
