import { diagnose, imagesOf, marked, minimal, summary } from '../../test/minimal.ts';
import type { ExpandOptions, Image } from '../index.ts';

const runtimeOf = (text: string, options?: ExpandOptions): Image =>
  imagesOf(text, options).find(({ releaseType }) => releaseType === 'runtime')!;
const varsOf = (text: string): unknown => runtimeOf(text).variables.vars;

describe('vars', () => {
  it('are any YAML, in which numbers keep their spelling', () => {
    const text = `${minimal}      vars: {version: 3.10, port: 0x10, on: true, none: , list: [1, {a: [b]}], map: {3.12: {x-y: "1"}, list: *list}}\nx-l: 1\n`;
    expect(varsOf(text.replace('list: [1', 'list: &list [1'))).toEqual({
      version: '3.10',
      port: '0x10',
      on: true,
      none: null,
      list: ['1', { a: ['b'] }],
      map: { 3.12: { 'x-y': '1' }, list: ['1', { a: ['b'] }] },
    });
  });

  it('are merged by key, as arguments are, and removed by nothing', () => {
    const text = (own: string): string =>
      `${minimal}release_spec: {vars: {a: {x: 1}, b: 2, x-c: 3}}\nrelease_types: {runtime: {vars: {b: 3}}}\npackage_spec: {app: {vars: ${own}}}\n`;
    expect(varsOf(text('{a: {y: 2}}'))).toEqual({ a: { y: '2' }, b: '3' });
    expect(varsOf(text('{a: }'))).toEqual({ a: null, b: '3' });
    expect(varsOf(text(''))).toBeUndefined();
    expect(varsOf(text('{}'))).toEqual({ a: { x: '1' }, b: '3' });
  });

  it('are in tags, labels and arguments, and no argument', () => {
    const text = `${minimal}      vars: {names: [a, b], one: {two: c}, v: 3.10}
      args: {ONE: "{{ vars.one.two }}", AXIS: ["{{ vars.names[1] }}"]}
      labels: {l: "{{ vars.names | join: '+' }}"}
release_types: {runtime: {tags: ["{{ vars.names[0] }}{% if vars.v == 3.10 %}-ten{% endif %}"], floating_tags: ["{{ image.vars.one.two }}"]}}
`;
    expect(runtimeOf(text)).toMatchObject({
      name: 'app-debian12-runtime-axisb',
      args: { ONE: 'c', AXIS: 'b' },
      labels: { l: 'a+b' },
      tags: ['a-ten'],
      floatingTags: ['c'],
    });
    expect(Object.keys(runtimeOf(text).args)).toEqual(['ONE', 'AXIS']);
  });

  it('are one object for images that have the same', () => {
    const text = `${minimal}release_spec: {vars: {a: [1]}, args: {A: [x, y]}}\npackage_spec: {app: {vars: {b: 1}}}\n`;
    const found = imagesOf(text).map(({ variables }) => variables.vars);
    expect(found).toHaveLength(4);
    for (const vars of found) expect(vars).toBe(found[0]);
  });

  it('are an empty map where there are none, which no text shows', () => {
    const text = `${minimal}      labels: {all: "{{ image | json }}", size: "{{ vars | json }}"}\n`;
    const { labels } = runtimeOf(text);
    expect(labels['size']).toBe('{}');
    expect(labels['all']).not.toContain('"vars"');
  });

  it('have no trouble with names that JavaScript has a meaning for', () => {
    expect(JSON.stringify(varsOf(`${minimal}      vars: {__proto__: {__proto__: a}, constructor: [b]}\n`))).toBe(
      '{"__proto__":{"__proto__":"a"},"constructor":["b"]}',
    );
  });
});

describe('mistakes in vars', () => {
  it.each([
    ['a name that templates cannot read', '{¦a b: c}', 'bad-var', '`a b` is not a name'],
    ['a name that begins with a digit', '{¦3.12: c}', 'bad-var', '`3.12` is not a name'],
    ['a list', '¦[a]', 'wrong-type', '`vars` must be a map'],
    ['a text', '¦a', 'wrong-type', '`vars` must be a map'],
    ['a credential', '{¦PIP_TOKEN: c}', 'secret-in-build', '`PIP_TOKEN`'],
    ['a credential deep in it', '{a: [{b: {¦password: c}}]}', 'secret-in-build', '`password`'],
  ])('%s', (_, vars, code, message) => {
    const { text, line, column } = marked(`${minimal}      vars: ${vars}\n`);
    expect(diagnose(text)).toMatchObject([{ code, line, column, message: expect.stringContaining(message) }]);
  });

  it('a credential that is nothing, or only the name of a map, is none', () => {
    expect(diagnose(`${minimal}      vars: {token: , secret: {mount: pip}}\n`)).toEqual([]);
  });

  it('one that a tag reads and that is not there', () => {
    const found = diagnose(`${minimal}      vars: {a: b}\n      labels: {l: "{{ vars.b }}"}\n`);
    expect(summary(found)).toEqual([expect.stringMatching(/^bad-arg/)]);
    expect(found[0]!.message).toContain('undefined variable: vars.b');
  });

  it('an alias for itself', () => {
    expect(diagnose(`${minimal}      vars: &v {a: *v}\n`)).toMatchObject([{ code: 'unknown-alias' }]);
  });
});
