import { Liquid } from 'liquidjs';
import { translateJinja } from './translate.ts';

describe('translateJinja', () => {
  it.each([
    ['{{ metadata.header }}', '{{ header }}'],
    ['FROM {{ metadata.base_image }}', 'FROM {{ from }}'],
    ['FROM {{ metadata.package }}:{{ tags.basename }}', 'FROM {{ from }}'],
    ['{{ metadata.package | replace("-","_") }}', '{{ package | replace: "-","_" }}'],
    ['{{- x | upper -}}', '{{- x | upcase -}}'],
    [
      '{% set a = cuda.version.major+"-"+cuda.components[\'cudart\'] %}',
      '{% assign a = cuda.version.major | append: "-" | append: cuda.components[\'cudart\'] %}',
    ],
    [
      '{% for key, value in metadata.envars.items() %}ENV {{ key }}={{ value }}{% endfor %}',
      '{% for envar in envars %}ENV {{ envar.name }}={{ envar.value }}{% endfor %}',
    ],
    [
      '{% if key in ["A", "B"] %}a{% elif x == "y" %}b{% else %}c{% endif %}',
      '{% if key == "A" or key == "B" %}a{% elsif x == "y" %}b{% else %}c{% endif %}',
    ],
    [
      '{% if "requires" in cuda %}{{ metadata.cuda_requires }}{% endif %}',
      '{% if cuda.requires != nil %}{{ cuda.requires }}{% endif %}',
    ],
    ['{% if not metadata.cuda %}a{% endif %}', '{% if cuda == nil %}a{% endif %}'],
    ['{% if x is defined and y is not defined %}{% endif %}', '{% if x != nil and y == nil %}{% endif %}'],
    ["{% include 'a/b.j2' %}", "{% include 'a/b' %}"],
    ['{% extends "base.j2" %}{% block x %}{% endblock %}', "{% layout 'base' %}{% block x %}{% endblock %}"],
    ['{% for x in list %}{{ loop.index }}{% endfor %}', '{% for x in list %}{{ forloop.index }}{% endfor %}'],
    ['{# why #}', '{% comment %} why {% endcomment %}'],
    ['{{ a if b else c }}', '{% if b %}{{ a }}{% else %}{{ c }}{% endif %}'],
    ['{{- "x if y" if not b -}}', '{%- if b == nil %}{{ "x if y" }}{% endif -%}'],
    [
      '{{ a if b else c | upper if d == "e" else "f" }}',
      '{% if b %}{{ a }}{% else %}{% if d == "e" %}{{ c | upcase }}{% else %}{{ "f" }}{% endif %}{% endif %}',
    ],
    [
      '{% set x = (a ~ "-" if b else c) | replace("-", "_") %}',
      '{% if b %}{% assign x = a | append: "-" | replace: "-", "_" %}{% else %}{% assign x = c | replace: "-", "_" %}{% endif %}',
    ],
    ['{{ (a + b) | upper }}', '{{ a | append: b | upcase }}'],
    ['{% if (a) %}{% endif %}', '{% if a %}{% endif %}'],
    ['{% if x is not none and notes is defined %}{% endif %}', '{% if x != nil and notes != nil %}{% endif %}'],
    ['{% if x not in ["A", "B"] %}{% endif %}', '{% if x != "A" and x != "B" %}{% endif %}'],
    ['{% if (a or b) and x == None %}{% endif %}', '{% if x == nil and a or b %}{% endif %}'],
    ['{% raw %}{{ x }}{% endraw %}', '{% raw %}{{ x }}{% endraw %}'],
    ['{{ metadata.envars["PYTHON_VERSION"] }}', '{{ args.PYTHON_VERSION }}'],
    ['{{ constructor }}{{ toString.valueOf }}', '{{ constructor }}{{ toString.valueOf }}'],
    ['RUN echo ${X} {{ metadata.cuda.ml_repo }}', 'RUN echo ${X} {{ cuda.ml_repository_url }}'],
  ])('turns %s', (jinja, liquid) => {
    expect(translateJinja(jinja)).toEqual({ text: liquid, problems: [] });
  });

  it.each([
    '{% macro x() %}',
    '{{ x | tojson }}',
    '{{ "x" ~ (a if b else c) }}',
    '{% if f(a) %}',
    '{% if (a or b) and (c or d) %}',
    '{% if a | length > 1 %}',
    '{% include x %}',
    '{{ f(1) }}',
  ])('keeps %s as a comment, and reports its place', (jinja) => {
    const { text, problems } = translateJinja(`a\n${jinja}\n`);
    expect(text).toContain('{% comment %}not translated: ');
    expect(problems).toMatchObject([{ line: 2, message: expect.stringContaining(jinja) as string }]);
  });
});

/** Liquid reads conditions from the right, so the result must be run and not only compared. */
describe('a translated condition', () => {
  const liquid = new Liquid();
  const all = Array.from({ length: 8 }, (_, bits) => ({ a: bits & 1, b: bits & 2, c: bits & 4 }));

  it.each<[string, (a: boolean, b: boolean, c: boolean) => boolean]>([
    ['a and b or c', (a, b, c) => (a && b) || c],
    ['a or b and c', (a, b, c) => a || (b && c)],
    ['(a or b) and c', (a, b, c) => (a || b) && c],
    ['a and (b or c)', (a, b, c) => a && (b || c)],
    ['not (a or b) or c', (a, b, c) => !(a || b) || c],
    ['not (a and (b or not c))', (a, b, c) => !(a && (b || !c))],
    ['a or (b or c)', (a, b, c) => a || b || c],
    ['a and not b and c', (a, b, c) => a && !b && c],
    ['a and a in ["yes", "no"] and not c or b', (a, b, c) => (a && !c) || b],
  ])('%s has the same result', (condition, expected) => {
    const { text, problems } = translateJinja(`{% if ${condition} %}true{% else %}false{% endif %}`);
    expect(problems).toEqual([]);
    for (const { a, b, c } of all) {
      const values = { ...(a && { a: 'yes' }), ...(b && { b: 'yes' }), ...(c && { c: 'yes' }) };
      expect([values, liquid.parseAndRenderSync(text, values)]).toEqual([values, String(expected(!!a, !!b, !!c))]);
    }
  });
});
