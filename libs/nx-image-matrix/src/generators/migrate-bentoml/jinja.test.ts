import { translateJinja } from './jinja.ts';

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
      '{% if envar.name == "A" or envar.name == "B" %}a{% elsif x == "y" %}b{% else %}c{% endif %}',
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
    ['{% raw %}{{ x }}{% endraw %}', '{% raw %}{{ x }}{% endraw %}'],
    ['{{ metadata.envars["PYTHON_VERSION"] }}', '{{ args.PYTHON_VERSION }}'],
    ['RUN echo ${X} {{ metadata.cuda.ml_repo }}', 'RUN echo ${X} {{ cuda.ml_repository_url }}'],
  ])('turns %s', (jinja, liquid) => {
    expect(translateJinja(jinja)).toEqual({ text: liquid, problems: [] });
  });

  it.each([
    '{% macro x() %}',
    '{{ x | tojson }}',
    '{{ a if b else c }}',
    '{% if (a) %}',
    '{% include x %}',
    '{{ f(1) }}',
  ])('keeps %s as a comment, and says where it stood', (jinja) => {
    const { text, problems } = translateJinja(`a\n${jinja}\n`);
    expect(text).toContain('{% comment %}not translated: ');
    expect(problems).toMatchObject([{ line: 2, message: expect.stringContaining(jinja) as string }]);
  });
});
