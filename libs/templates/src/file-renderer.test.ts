import { FileRenderer } from './file-renderer.ts';
import { makeImage, makeTree, readFile, removeTrees, type TreeEntry } from './test-kit.ts';

afterEach(removeTrees);

function render(entries: Record<string, TreeEntry>, file = 'tests/a.yaml') {
  return new FileRenderer(makeTree(entries), readFile).render(file, makeImage());
}

describe('a file of the workspace', () => {
  it('is rendered with the variables of an image', () => {
    expect(render({ 'tests/a.yaml': 'name: {{ package }}-{{ args.PYTHON_VERSION }}\n' }).text).toBe(
      'name: model-server-3.12\n',
    );
  });

  it('renders partials next to it, and from the workspace root', () => {
    const { text } = render({
      'tests/a.yaml': "{% render 'b.yaml' %}{% render 'shared/c.yaml' %}",
      'tests/b.yaml': 'b\n',
      'shared/c.yaml': 'c\n',
    });
    expect(text).toBe('b\nc\n');
  });

  it.each([
    ['an unknown variable', 'a: 1\nb: {{ packag }}\n', 'tests/a.yaml:2:7', 'undefined variable: packag'],
    ['a broken tag', 'a: 1\n  {% if %}', 'tests/a.yaml:2:8', 'invalid value expression'],
    ['a missing partial', "{% render 'x' %}", 'tests/a.yaml:1:1', 'there is no template `x`'],
    ['a partial outside', "{% render '../../x' %}", 'tests/a.yaml:1:1', '`../../x` lies outside the workspace'],
    ['a runaway', '{% for i in (1..9999999999) %}x{% endfor %}', 'tests/a.yaml:1:1', 'is there a loop?'],
  ])('has a diagnostic for %s', (_, source, place, message) => {
    const { text, diagnostics } = render({ 'tests/a.yaml': source });
    expect(text).toBeUndefined();
    const [{ file, line, column, message: found }] = diagnostics as [(typeof diagnostics)[0]];
    expect(`${file}:${line}:${column}`).toBe(place);
    expect(found).toContain(message);
  });

  it('says where a partial is looked for', () => {
    const { diagnostics } = render({ 'tests/a.yaml': "{% render 'x' %}" });
    expect(diagnostics[0]?.hint).toBe('it is looked for next to the template that names it, then in the workspace');
  });

  it('has a diagnostic if it is missing', () => {
    expect(render({}).diagnostics).toMatchObject([{ file: 'tests/a.yaml', line: 1, column: 1 }]);
  });
});

describe('a place of the rendered text', () => {
  const source = `first: 1
{% for n in (1..3) -%}
item{{ n }}: {{ package }} x
{% endfor -%}
last: {% render 'part.yaml' %}
`;
  const { text = '', placeOf } = render({ 'tests/a.yaml': source, 'tests/part.yaml': 'p: 1\nq: 2' });

  it.each([
    ['first', 'tests/a.yaml:1:1'],
    ['1\n', 'tests/a.yaml:1:8'],
    ['item2', 'tests/a.yaml:3:1'],
    ['x\nitem3', 'tests/a.yaml:3:28'],
    ['last', 'tests/a.yaml:5:1'],
    ['q: 2', 'tests/part.yaml:2:1'],
  ])('at %j comes from %s', (found, expected) => {
    const before = text.slice(0, text.indexOf(found));
    const line = before.split('\n').length;
    const { file, ...place } = placeOf({ line, column: before.length - before.lastIndexOf('\n') });
    expect(`${file}:${place.line}:${place.column}`).toBe(expected);
  });

  it('in an output is that of the output', () => {
    const at = text.indexOf('odel-server') + 1;
    const before = text.slice(0, at);
    const place = { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
    expect(placeOf(place)).toEqual({ file: 'tests/a.yaml', line: 3, column: 14 });
  });
});
