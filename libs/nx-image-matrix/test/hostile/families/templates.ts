import { fill, healthyManifest, MEGABYTE, runtimeTemplate, type HostileCase } from '../hostile-case.ts';

const from = 'FROM {{ from }}\n';
const template = (text: string): Record<string, string> => runtimeTemplate(`${from}${text}\n`);
const runaway = {
  code: 'template-error',
  says: /is there a loop|larger than|does one render itself|uses? up too much|too long|limit/,
};
const text = (characters: number): string =>
  `{% assign s = "${'a'.repeat(1_000)}" %}{% for i in (1..${characters / 1_000}) %}{% assign t = t | append: s %}{% endfor %}`;
const long = (characters: number): string => `{% assign t = "" %}${text(characters)}`;

/** Templates that do not end, or write too much. */
export const templateCases: HostileCase[] = [
  { what: 'a loop of a hundred million', files: template('{% for i in (1..100000000) %}x{% endfor %}'), ends: runaway },
  {
    what: 'a loop of more than there are numbers',
    files: template('{% for i in (1..1e400) %}x{% endfor %}'),
    ends: { code: 'template-error' },
  },
  {
    what: 'four nested loops',
    files: template(`${'{% for i in (1..1000) %}'.repeat(4)}x${'{% endfor %}'.repeat(4)}`),
    ends: runaway,
  },
  {
    what: 'nested loops that write nothing',
    files: template(`${'{% for i in (1..100000) %}'.repeat(3)}${'{% endfor %}'.repeat(3)}`),
    ends: runaway,
  },
  {
    what: 'a table of a hundred million cells',
    files: template('{% tablerow i in (1..100000000) %}x{% endtablerow %}'),
    ends: runaway,
  },
  {
    what: 'a capture that doubles',
    files: template(`{% assign t = "ab" %}${'{% capture t %}{{ t }}{{ t }}{% endcapture %}'.repeat(60)}`),
    ends: runaway,
  },
  {
    what: 'an append that doubles',
    files: template(`{% assign t = "ab" %}${'{% assign t = t | append: t %}'.repeat(60)}`),
    ends: runaway,
  },
  {
    what: 'a replace that multiplies',
    files: template(`${long(100_000)}{% assign u = t | replace: "a", t %}`),
    ends: runaway,
  },
  {
    what: 'a join that multiplies',
    files: template(`${long(100_000)}{% assign u = t | split: "" | join: t %}`),
    ends: runaway,
  },
  {
    what: 'a split into letters, again and again',
    files: template(`${long(100_000)}{% for i in (1..100000) %}{% assign u = t | split: "" %}{% endfor %}`),
    ends: runaway,
  },
  {
    what: 'strip_html on tags that nothing closes',
    files: template(
      `{% assign t = "" %}{% for i in (1..30000) %}{% assign t = t | append: "<script<style<!--" %}{% endfor %}{{ t | strip_html }}`,
    ),
    ends: runaway,
  },
  {
    what: 'a date padded to a billion places',
    files: template('RUN echo {{ 0 | date: "%1000000000Y" }}'),
    ends: runaway,
  },
  {
    what: 'a concat that doubles',
    files: template(`{% assign t = "a,b" | split: "," %}${'{% assign t = t | concat: t %}'.repeat(60)}`),
    ends: runaway,
  },
  { what: 'a template that renders itself', files: template('{% render "runtime.Dockerfile" %}'), ends: runaway },
  {
    what: 'a partial that includes itself',
    files: { ...template('{% include "a" %}'), 'templates/a.liquid': '{% include "a" %}{% include "a" %}' },
    ends: runaway,
  },
  {
    what: 'two partials that render each other',
    files: {
      ...template('{% render "a" %}'),
      'templates/a.liquid': '{% render "b" %}',
      'templates/b.liquid': '{% render "a" %}',
    },
    ends: runaway,
  },
  {
    what: 'a layout that is its own layout',
    files: { ...template('{% layout "a" %}'), 'templates/a.liquid': '{% layout "a" %}{% block b %}{% endblock %}' },
    ends: runaway,
  },
  {
    what: 'two layouts that lay out each other',
    files: {
      ...template('{% layout "a" %}'),
      'templates/a.liquid': '{% layout "b" %}',
      'templates/b.liquid': '{% layout "a" %}',
    },
    ends: runaway,
  },
  {
    what: 'a thousand partials in a row',
    files: {
      ...template('{% render "p0" %}'),
      ...Object.fromEntries(
        Array.from({ length: 1_000 }, (_, i) => [`templates/p${i}.liquid`, `{% render "p${i + 1}" %}`]),
      ),
      'templates/p1000.liquid': 'x',
    },
    ends: runaway,
  },
  {
    what: 'partials that double',
    files: {
      ...template('{% render "p0" %}'),
      ...Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [`templates/p${i}.liquid`, `{% render "p${i + 1}" %}`.repeat(2)]),
      ),
      'templates/p40.liquid': 'x',
    },
    ends: runaway,
  },
  {
    what: '10,000 nested tags',
    files: template(`${'{% if true %}'.repeat(10_000)}${'{% endif %}'.repeat(10_000)}`),
    ends: { code: 'template-error' },
  },
  {
    what: '10,000 tags that nothing closes',
    files: template('{% if true %}'.repeat(10_000)),
    ends: { code: 'template-error' },
  },
  { what: '1 MB of braces', files: template(fill('{{', MEGABYTE)), ends: { code: 'template-error' } },
  { what: '400 kB of braces', files: template(fill('{{ ', 400_000)), ends: { code: 'template-error' } },
  { what: '400 kB of unknown variables', files: template(fill('{{ a }}', 400_000)), ends: { code: 'template-error' } },
  {
    what: '4 kB of filters',
    files: template(`RUN echo {{ from ${fill('| strip ', 4_000)}}}`),
    ends: 'success',
  },
  {
    what: 'a template of 200 MB',
    files: { 'templates/runtime.Dockerfile.liquid': Buffer.alloc(200 * MEGABYTE, 'RUN true\n') },
    ends: runaway,
  },
  {
    what: 'a hundred templates without an end',
    files: {
      'manifest.yml': `${healthyManifest.replace('    runtime', `${Array.from({ length: 100 }, (_, i) => `    t${i}: [debian]`).join('\n')}\n    runtime`)}release_types: {${Array.from({ length: 100 }, (_, i) => `t${i}: {}`).join(', ')}}\n`,
      ...Object.fromEntries(
        Array.from({ length: 100 }, (_, i) => [
          `templates/t${i}.Dockerfile.liquid`,
          `${from}${'{% for i in (1..10000) %}'.repeat(3)}${'{% endfor %}'.repeat(3)}`,
        ]),
      ),
    },
    ends: runaway,
  },
  {
    what: 'a tag in the manifest without an end',
    files: {
      'manifest.yml': `${healthyManifest}release_types: {runtime: {tags: ["{% for i in (1..10000) %}{% for j in (1..10000) %}{% endfor %}{% endfor %}a"]}}\n`,
    },
    ends: { code: 'bad-tag' },
  },
  {
    what: 'a hundred arguments without an end',
    files: {
      'manifest.yml': `${healthyManifest}      args:\n${Array.from({ length: 100 }, (_, i) => `        A${i}: "{% for i in (1..10000) %}{% for j in (1..1000${i}) %}{% endfor %}{% endfor %}a"`).join('\n')}\n`,
    },
    ends: { code: 'bad-arg' },
  },
  {
    what: 'an argument that doubles',
    files: {
      'manifest.yml': `${healthyManifest}      args: {A: '{% assign t = "ab" %}${'{% assign t = t | append: t %}'.repeat(60)}{{ t }}'}\n`,
    },
    ends: { code: 'bad-arg' },
  },
  {
    what: 'an argument that reads a file',
    files: { 'manifest.yml': `${healthyManifest}      args: {A: '{% render "/etc/passwd" %}'}\n` },
    ends: { code: 'bad-arg' },
  },
  {
    what: 'an own property that is not there',
    files: template('RUN echo {{ from.constructor.constructor }}'),
    ends: { code: 'template-error' },
  },
  { what: 'a partial __proto__', files: template('{% render "__proto__" %}'), ends: { code: 'missing-template' } },
];
