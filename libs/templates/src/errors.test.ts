import { join } from 'node:path';
import { TemplateEngine } from './engine.ts';
import { makeImage, makeTree, problemsOf, readFile, removeTrees, renderTree, TEMPLATE } from './test-kit.ts';

afterAll(removeTrees);

describe('a mistake in a template', () => {
  it.each([
    ['an unknown variable', 'FROM x\nRUN {{ packge }}', '2:8', 'undefined variable: packge (did you mean `package`?)'],
    ['a variable in another case', 'FROM {{ FROM }}', '1:9', 'undefined variable: FROM (did you mean `from`?)'],
    ['a variable with swapped letters', '{{ tgas }}', '1:4', 'undefined variable: tgas (did you mean `tags`?)'],
    ['an unknown property', '{{ distro.nme }}', '1:4', 'undefined variable: distro.nme (did you mean `distro.name`?)'],
    ['an unknown variable in a condition', 'FROM x\n{% if nope %}{% endif %}', '2:7', 'undefined variable: nope'],
    ['an unknown variable in a loop', '{% for x in nope %}{% endfor %}', '1:13', 'undefined variable: nope'],
    ['an unknown filter', 'a\n {{ package | upcas }}', '2:2', 'undefined filter: upcas (did you mean `upcase`?)'],
    ['an unknown tag', '\n\n{% rendr "x" %}', '3:1', 'tag "rendr" not found (did you mean `render`?)'],
    ['a tag that is not closed', 'a\n{% if cuda %}b', '2:1', 'tag {% if cuda %} not closed'],
    ['a value that is not closed', 'a {{ package', '1:3', 'output "{{ package" not closed'],
    [
      'an unknown variable as the name of a template',
      'a\n{% render "{{ nope }}" %}',
      '2:1',
      'undefined variable: nope',
    ],
    [
      'an unknown variable in a liquid tag',
      '{% liquid\n  echo package\n  echo nope\n%}',
      '3:8',
      'undefined variable: nope',
    ],
    ['a filter that fails', '{{ "%" | url_decode }}', '1:1', 'URI malformed'],
    ['a filter that is a method of every object', '{{ package | toString }}', '1:1', 'undefined filter: toString'],
    ['a tag that is a method of every object', '{% constructor %}', '1:1', 'tag "constructor" not found'],
    [
      'a map instead of a text',
      '\n{{ distro }}',
      '2:1',
      'a map has no text of its own: name one of `name`, `version`, `id`, or use `| json`',
    ],
    [
      'the date of the day',
      '{{ "now" | date: "%Y" }}',
      '1:1',
      '`now` is another one in each run, and generated files are committed and compared',
    ],
    ['a random choice', '{{ tags | sample }}', '1:1', '`sample` gives something else in each run'],
  ])('is reported with its place: %s', (_, template, place, message) => {
    const rendered = renderTree({ [TEMPLATE]: template });
    expect(problemsOf(rendered)).toEqual([`${TEMPLATE}:${place} template-error ${message}`]);
    expect(rendered.files).toEqual([]);
  });

  it('is reported with the place in the partial', () => {
    const rendered = renderTree({
      [TEMPLATE]: '\n\n{% render "part" %}',
      'images/templates/part.liquid': 'a\n  {{ nope }}',
    });
    expect(problemsOf(rendered)).toEqual(['images/templates/part.liquid:2:6 template-error undefined variable: nope']);
  });

  it('is reported with the place in a partial that does not parse', () => {
    const rendered = renderTree({
      [TEMPLATE]: '{% render "part" %}',
      'images/templates/part.liquid': 'a\n{% nope %}\n{{ a | nope }}',
    });
    expect(problemsOf(rendered)).toEqual([
      'images/templates/part.liquid:2:1 template-error tag "nope" not found',
      'images/templates/part.liquid:3:1 template-error undefined filter: nope',
    ]);
  });

  it('does not hide the others', () => {
    const rendered = renderTree({
      'images/templates/debian/runtime/Dockerfile.liquid':
        '{{ one }}\n{% if cuda == nil %}{{ two }}{% endif %}{% render "three" %}',
      'images/templates/debian/runtime/b.liquid': '{{ four }}',
    });
    expect(problemsOf(rendered)).toEqual([
      expect.stringContaining('runtime/Dockerfile.liquid:1:4 template-error undefined variable: one'),
      expect.stringContaining('runtime/Dockerfile.liquid:2:24 template-error undefined variable: two'),
      expect.stringContaining('runtime/Dockerfile.liquid:2:41 missing-template'),
      expect.stringContaining('runtime/b.liquid:1:4 template-error undefined variable: four'),
    ]);
  });

  it('is reported once, however often it occurs and whatever follows from it', () => {
    const rendered = renderTree({
      [TEMPLATE]: '{% for e in envars %}{{ e.nope }}{% endfor %}{% assign a = missing %}{{ a }}{% if a %}{% endif %}',
    });
    expect(problemsOf(rendered)).toEqual([
      `${TEMPLATE}:1:25 template-error undefined variable: e.nope`,
      `${TEMPLATE}:1:60 template-error undefined variable: missing`,
    ]);
  });

  it('is reported for a file that is not text', () => {
    const rendered = renderTree({ [TEMPLATE]: Buffer.from([0x46, 0xe4, 0x20]) });
    expect(problemsOf(rendered)).toEqual([
      'images/manifest.yml:12:7 template-error `runtime.Dockerfile.liquid` is not UTF-8 text',
    ]);
  });
});

/** Which limit of time and memory is reached first depends on the machine. */
const TOO_MUCH = /takes too long|too much (?:memory|text)/;

describe('a template without end', () => {
  it.each([
    ['that renders itself', '{% render "runtime.Dockerfile" %}', /nested more than/],
    ['that includes itself', 'a{% if true %}{% include "runtime.Dockerfile" %}{% endif %}', /nested more than/],
    ['that is its own layout', '{% layout "runtime.Dockerfile" %}', /nested more than/],
    [
      'that renders itself twice',
      '{% render "runtime.Dockerfile" %}{% render "runtime.Dockerfile" %}',
      /nested more than/,
    ],
    ['with a long range', '{% for i in (1..1000000000) %}a{% endfor %}', TOO_MUCH],
    ['with loops in loops', loops(8, '{{ i }}'), TOO_MUCH],
    ['with loops of text', `{% assign r = (1..2000) %}${loops(5, 'abcdefgh', 'r')}`, TOO_MUCH],
    ['with loops of nothing', `{% assign r = (1..2000) %}${loops(5, '{% if cuda %}{% endif %}', 'r')}`, TOO_MUCH],
    ['that doubles its text', `{% assign a = "a" %}${'{% assign a = a | append: a %}'.repeat(60)}`, TOO_MUCH],
    [
      'that captures twice as much',
      `{% assign a = "a" %}${'{% capture a %}{{ a }}{{ a }}{% endcapture %}'.repeat(60)}`,
      TOO_MUCH,
    ],
    ['of very many tags', '{% if cuda %}{% endif %}'.repeat(30_000), /too long/],
  ])(
    'is stopped: one %s',
    (_, template, message) => {
      const { diagnostics, files } = renderTree({ [TEMPLATE]: template });
      expect(diagnostics).toEqual([
        expect.objectContaining({ code: 'template-error', message: expect.stringMatching(message) }),
      ]);
      expect(files).toEqual([]);
    },
    60_000,
  );

  it('is not tried again for every image', () => {
    const contextDir = makeTree({
      'templates/debian/runtime.Dockerfile.liquid': `{% assign r = (1..2000) %}${loops(5, '{% if cuda %}{% endif %}', 'r')}`,
    });
    const engine = new TemplateEngine({ readFile, contextDir, templatesDirs: ['templates/debian'] });
    const first = engine.render(makeImage());
    for (let i = 0; i < 100; i++) expect(engine.render(makeImage()).diagnostics).toEqual(first.diagnostics);
    // Each would take a second.
  }, 60_000);

  it('does not include one that waits for the processor', () => {
    const contextDir = makeTree({
      'templates/debian/runtime.Dockerfile.liquid': '{% render "part" %}{% if package %}!{% endif %}',
      'templates/debian/part.liquid': 'FROM a',
    });
    const slowly = (path: string): Buffer => {
      if (path.endsWith('part.liquid')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
      return readFile(path);
    };
    const engine = new TemplateEngine({ readFile: slowly, contextDir, templatesDirs: ['templates/debian'] });
    expect(engine.render(makeImage())).toMatchObject({ files: [{ content: 'FROM a!' }], diagnostics: [] });
  });

  it('leaves the engine usable for others', () => {
    const contextDir = makeTree({
      'templates/debian/runtime.Dockerfile.liquid': '{% render "runtime.Dockerfile" %}',
      'templates/debian/base.Dockerfile.liquid': 'FROM {{ package }}',
    });
    const engine = new TemplateEngine({ readFile, contextDir: join(contextDir), templatesDirs: ['templates/debian'] });
    expect(engine.render(makeImage()).diagnostics).toHaveLength(1);
    expect(engine.render(makeImage({ releaseType: 'base' })).files[0]?.content).toBe('FROM model-server');
  });
});

function loops(depth: number, body: string, range = '(1..1000)'): string {
  return `{% for i in ${range} %}`.repeat(depth) + body + '{% endfor %}'.repeat(depth);
}
