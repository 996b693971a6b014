import { problemsOf, removeTrees, renderTree, TEMPLATE } from './test-kit.ts';
import type { TreeEntry } from './test-kit.ts';

afterAll(removeTrees);

describe('the template that a tag names', () => {
  it.each([
    [
      'next to the one that names it',
      '{% render "part" %}',
      { 'debian/part.liquid': 'near', 'part.liquid': 'far' },
      'near',
    ],
    ['in the root', '{% render "part" %}', { 'part.liquid': 'far' }, 'far'],
    ['with its whole name', '{% render "part.liquid" %}', { 'part.liquid': 'x' }, 'x'],
    ['without any suffix', '{% render "part.sh" %}', { 'part.sh': 'x' }, 'x'],
    ['in a folder', '{% render "common/part" %}', { 'common/part.liquid': 'x' }, 'x'],
    ['beside', '{% render "../common/part" %}', { 'common/part.liquid': 'x' }, 'x'],
    ['here', '{% render "./part" %}', { 'debian/part.liquid': 'x' }, 'x'],
    ['under a name that is made', '{% render "common/{{ distro.name }}" %}', { 'common/debian.liquid': 'x' }, 'x'],
    ['in a variable', '{% assign n = "part" %}{% render n %}', { 'part.liquid': 'x' }, 'x'],
    [
      'through a link in the root',
      '{% render "link" %}',
      { 'part.liquid': 'x', 'link.liquid': { link: 'part.liquid' } },
      'x',
    ],
  ] as [string, string, Record<string, TreeEntry>, string][])('is found %s', (_, template, parts, expected) => {
    const tree = Object.fromEntries(Object.entries(parts).map(([name, part]) => [`images/templates/${name}`, part]));
    const rendered = renderTree({ [TEMPLATE]: template, ...tree });
    expect(problemsOf(rendered)).toEqual([]);
    expect(rendered.files[0]?.content).toBe(expected);
  });

  it('is found from the file of the tag, not from where rendering began', () => {
    const { files, templates } = renderTree({
      [TEMPLATE]: '{% render "common/outer" %}',
      'images/templates/common/outer.liquid': '{% include "inner" %}',
      'images/templates/common/inner.liquid': 'common',
      'images/templates/debian/inner.liquid': 'debian',
      'images/templates/unused.liquid': '',
    });
    expect(files[0]?.content).toBe('common');
    expect(templates).toEqual([
      'templates/common/inner.liquid',
      'templates/common/outer.liquid',
      'templates/debian/runtime.Dockerfile.liquid',
    ]);
  });

  it('has the variables of the image, and its parameters', () => {
    const { files } = renderTree({
      [TEMPLATE]: '{% render "part", extra: package %}',
      'images/templates/part.liquid': '{{ distro.id }} {{ image.from }} {{ extra }}',
    });
    expect(files[0]?.content).toBe('debian10 model-server:base-slim model-server');
  });

  it('may be a layout', () => {
    const { files, templates } = renderTree({
      [TEMPLATE]: '{% layout "layout" %}{% block body %}RUN {{ package }}{% endblock %}',
      'images/templates/layout.liquid': 'FROM x\n{% block body %}{% endblock %}\nCMD y',
    });
    expect(files[0]?.content).toBe('FROM x\nRUN model-server\nCMD y');
    expect(templates).toContain('templates/layout.liquid');
  });

  it.each(['render', 'include', 'layout'])('is missing if {%% %s %%} names nothing', (tag) => {
    const rendered = renderTree({ [TEMPLATE]: `FROM x\n  {% ${tag} "nope" %}` });
    expect(problemsOf(rendered)).toEqual([
      `${TEMPLATE}:2:3 missing-template there is no template \`nope\`` +
        ' (it is looked for next to the template that names it, then in the templates root)',
    ]);
  });

  it('is missing in the partial that names it', () => {
    const { diagnostics } = renderTree({
      [TEMPLATE]: '{% render "part" %}',
      'images/templates/part.liquid': '\n\n {% render "nope" %}',
    });
    expect(diagnostics).toEqual([
      expect.objectContaining({ code: 'missing-template', file: 'images/templates/part.liquid', line: 3, column: 2 }),
    ]);
  });

  it.each([
    ['above the root', '../../secret'],
    ['above the root, and there', '../secret'],
    ['far above', '../../../../../../../../etc/passwd'],
    ['absolute', '/etc/passwd'],
    ['on a Windows drive', 'C:\\\\secret'],
    ['behind a link', 'link'],
    ['in a linked folder', 'folder/secret'],
  ])('is refused outside the root: %s', (_, name) => {
    for (const tag of ['render', 'include', 'layout']) {
      const { diagnostics, files } = renderTree({
        [TEMPLATE]: `{% ${tag} "${name}" %}`,
        'images/secret.liquid': 'secret',
        'images/templates/link.liquid': { link: '../secret.liquid' },
        'images/templates/folder': { link: '..' },
      });
      expect(diagnostics).toEqual([
        expect.objectContaining({ code: 'template-outside-root', file: TEMPLATE, line: 1, column: 1 }),
      ]);
      expect(files).toEqual([]);
    }
  });
});
