import { renderLiquid } from '../expand/liquid.ts';

const variables = {
  python: '3.12',
  ten: '3.10',
  full: '12.4.1',
  build: '9.1.0.70-1',
  candidate: '3.13rc1',
  name: 'noble',
  none: '',
  zero: '012',
  count: 12,
  header: null,
  list: ['3.12', 'slim'],
  numbers: [1, 2],
  images: [
    { v: '3.10', n: 'a' },
    { v: '3.9', n: 'b' },
    { v: '3.1', n: 'c' },
    { v: 12, n: 'd' },
  ],
};
const render = (text: string): unknown => renderLiquid(text, { variables: () => variables, text: () => undefined });
const holds = (condition: string): unknown => render(`{% if ${condition} %}yes{% else %}no{% endif %}`);

describe('a text and a number', () => {
  it.each([
    'python == 3.12',
    '3.12 == python',
    'ten == 3.10',
    'python != 3.1',
    'python > 3.9',
    '3.9 < python',
    'python >= 3.12',
    'python <= 3.12',
    'ten > 3.9',
    'ten >= 3.10',
    'ten < 3.11',
    'full > 12.4',
    'full >= 12',
    'full < 12.10',
    'full > -1',
    'build >= 9',
    'build < 9.10',
    'candidate > 3.12',
    'list contains 3.12',
    'name != 12',
    'none < 12',
    '"1e3" > 999',
    'python > 3.9 and ten < 3.12',
    '"12" == count',
    'count == "12"',
    'python > ten',
    'python > "3.9"',
    '"3.9" < ten',
    'full >= "12.4"',
    'build < "9.10.0.1-1"',
    '"12" < "13"',
    'candidate > python',
    'candidate <= candidate',
  ])('holds: %s', (condition) => {
    expect(holds(condition)).toEqual({ text: 'yes' });
  });

  it.each([
    'python != 3.12',
    'ten == 3.1',
    '"3.1" == 3.10',
    'python < 3.9',
    'ten > 3.10',
    'zero == 12',
    'name == 12',
    'list contains 3.1',
    'header == 0',
  ])('does not hold: %s', (condition) => {
    expect(holds(condition)).toEqual({ text: 'no' });
  });

  it.each([
    ['elsif', '{% if name == "x" %}{% elsif python == 3.12 %}yes{% endif %}'],
    ['unless', '{% unless python == 3.11 %}yes{% endunless %}'],
    ['case', '{% case python %}{% when 3.11 %}no{% when 3.12 %}yes{% else %}else{% endcase %}'],
    ['a zero at the end', '{% case ten %}{% when 3.1 %}no{% when 3.10 %}yes{% endcase %}'],
    ['one of several', '{% case python %}{% when "x", 3.12 or 3.13 %}yes{% endcase %}'],
    ['assign', '{% assign same = python == 3.12 %}{% if same %}yes{% endif %}'],
    ['a number that is assigned', '{% assign v = 3.10 %}{% if ten == v and v != "3.1" %}yes{% endif %}'],
    ['a number that is assigned, in order', '{% assign v = 3.10 %}{% if python > v %}yes{% endif %}'],
    ['a number that is assigned, in a list', '{% assign v = 3.12 %}{% if list contains v %}yes{% endif %}'],
    ['a case of a number', '{% case 3.10 %}{% when "3.1" %}no{% when ten %}yes{% endcase %}'],
    [
      'a case of an assigned number',
      '{% assign v = 3.10 %}{% case v %}{% when "3.1" %}no{% when ten %}yes{% endcase %}',
    ],
    ['a tag of lines', '{% liquid\n if python >= 3.9\n echo "yes"\n endif\n%}'],
  ])('compare in %s', (_, text) => {
    expect(render(text)).toEqual({ text: 'yes' });
  });

  it.each([
    ['name < 12', /`<` cannot tell which of `noble` and 12 comes first/],
    ['12 >= name', /`>=` cannot tell which of `noble` and 12/],
    ['candidate >= 3.13', /`>=` cannot tell which of `3.13rc1` and 3.13/],
    ['candidate < "3.13"', /`<` cannot tell which of `3.13rc1` and `3.13`/],
    ['build < "9.1.0.70-2"', /`<` cannot tell which of `9.1.0.70-1` and `9.1.0.70-2`/],
  ])('are rejected if they have no order: %s', (condition, message) => {
    expect(holds(condition)).toEqual({ error: expect.stringMatching(message), line: 1 });
  });
});

describe('filters that search a list', () => {
  it.each([
    ['{{ images | where: "v", 3.10 | map: "n" | join }}', 'a'],
    ['{% assign v = 3.10 %}{{ images | where: "v", v | map: "n" | join }}', 'a'],
    ['{{ images | where: "v", ten | map: "n" | join }}', 'a'],
    ['{{ images | where: "v", "12" | map: "n" | join }}', 'd'],
    ['{{ images | where: "v" | map: "n" | join }}', 'a b c d'],
    ['{{ images | reject: "v", 3.10 | map: "n" | join }}', 'b c d'],
    ['{% assign i = images | find: "v", 3.1 %}{{ i.n }}', 'c'],
    ['{{ images | find_index: "v", 3.9 }}', '1'],
    ['{{ images | has: "v", 3.9 }} {{ images | has: "v", 3.8 }}', 'true false'],
  ])('compare as `==`: %s', (text, expected) => {
    expect(render(text)).toEqual({ text: expected });
  });
});

describe('values of one kind', () => {
  it.each([
    ['texts, letter by letter', 'name < "plucky"', 'yes'],
    ['dates', '"2024-02-01" > "2024-01-12"', 'yes'],
    ['a version and a text that is none', 'python < "a"', 'yes'],
    ['nothing and a version', 'none < "3.9"', 'yes'],
    ['texts', 'python == "3.12"', 'yes'],
    ['texts that are spelled differently', 'python == "3.120"', 'no'],
    ['numbers', 'count > 3.9', 'yes'],
    ['numbers, of which one has a zero', 'count == 12.0', 'yes'],
    ['numbers in order', '3.10 < 3.9', 'yes'],
    ['sizes', 'list.size == 2', 'yes'],
    ['lists of numbers', 'numbers contains 2', 'yes'],
    ['texts in texts', 'python contains 3', 'yes'],
    ['nothing and a number', 'header < 1', 'yes'],
    ['an empty text', 'none == empty', 'yes'],
    ['a blank text', 'none == blank', 'yes'],
    ['null', 'header == nil', 'yes'],
    ['lists', 'list == numbers', 'no'],
  ])('compare as in LiquidJS: %s', (_, condition, expected) => {
    expect(holds(condition)).toEqual({ text: expected });
  });

  it.each([
    [
      'a loop',
      '{% for i in (1..3) %}{% if i == 2 %}{{ i }}{% endif %}{% if forloop.index > 2 %}!{% endif %}{% endfor %}',
      '2!',
    ],
    ['a case of numbers', '{% case list.size %}{% when 2 %}two{% endcase %}', 'two'],
    [
      'a case that two branches meet',
      '{% case name %}{% when "noble" %}a{% when "noble" %}b{% else %}c{% endcase %}',
      'ab',
    ],
    [
      'a number that is assigned',
      '{% assign v = 3.10 %}{{ v }} {{ v | plus: 1 }} {{ v | json }} {{ v | append: "x" }} {{ v | round }} {{ v | at_least: 2 }} {{ "a" | append: v }} {% assign n = 2 %}{% for i in (1..n) %}{{ i }}{% endfor %} {{ list[0] }} {% for i in list limit: n %}{{ i }}{% endfor %}{% assign m = 1 %}{{ list[m] }}{% if m == 1 and n > m %}!{% endif %}',
      '3.1 4.1 3.1 3.1x 3 3.1 a3.1 12 3.12 3.12slimslim!',
    ],
    ['a number that is written', '{{ 3.10 }} {{ 3.10 | plus: 1.0 }}', '3.1 4.1'],
  ])('give the same result as before: %s', (_, text, expected) => {
    expect(render(text)).toEqual({ text: expected });
  });
});
