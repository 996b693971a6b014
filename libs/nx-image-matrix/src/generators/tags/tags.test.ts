import { findSections } from './sections.ts';
import type { TaggedImage } from './table.ts';
import { addSection, updateTables, type Packages } from './update.ts';

function image(root: string, tags: string[], more: Partial<TaggedImage['image'] & { size: string }> = {}): TaggedImage {
  const [, name = ''] = root.split('/');
  const { size, ...rest } = more;
  return {
    image: { dir: root, package: name, tags, floatingTags: [], platforms: [], push: true, ...rest },
    root,
    size,
  };
}

const packages: Packages = new Map([
  [
    'app',
    [
      image('docker/app/debian12/base', ['base-slim'], { push: false }),
      image('docker/app/debian10/runtime', ['1.2.3-slim-runtime', '1.2.3-{{ run.date }}'], {
        floatingTags: ['latest'],
        platforms: ['linux/amd64', 'linux/arm64'],
      }),
      image('docker/app/debian9/runtime', ['1.2.3-old-runtime'], { size: '84.3 MB' }),
    ],
  ],
  ['inner', [image('docker/inner/debian12/base', ['inner'], { push: false })]],
  ['tool', [image('docker/tool/alpine3.22/runtime', ['tool'])]],
]);
const section = (marker: string, body = ''): string =>
  `<!-- nx-image-matrix:tags ${marker} -->\n${body}<!-- /nx-image-matrix:tags -->\n`;
const update = (text: string, file = 'README.md') => updateTables(file, text, packages);

describe('a tag table', () => {
  it('has a row for each pushed image, in the order of numbers', () => {
    expect(update(`# App\n\n${section('app')}\nThe end.`).text).toBe(`# App

<!-- nx-image-matrix:tags app -->

| Tags | Platforms | Dockerfile |
| --- | --- | --- |
| \`1.2.3-old-runtime\` | the builder's | [debian9/runtime](docker/app/debian9/runtime/Dockerfile) |
| \`1.2.3-slim-runtime\`, \`1.2.3-YYYYMMDD\`, \`latest\` | linux/amd64, linux/arm64 | [debian10/runtime](docker/app/debian10/runtime/Dockerfile) |

<!-- /nx-image-matrix:tags -->

The end.`);
  });

  it('does not change the second time', () => {
    const first = update(section('app sizes all') + section('tool')).text;
    expect(update(first)).toMatchObject({ text: first, changed: [] });
  });

  it('links from where the file is, or to a URL', () => {
    expect(update(section('tool'), 'docs/a/tags.md').text).toContain(
      '](../../docker/tool/alpine3.22/runtime/Dockerfile)',
    );
    expect(update(section('tool url=https://x.org/blob/main/')).text).toContain(
      '](https://x.org/blob/main/docker/tool/alpine3.22/runtime/Dockerfile)',
    );
  });

  it('keeps a size if this machine has built nothing', () => {
    const first = update(section('app sizes all')).text;
    expect(first).toContain("| the builder's | 84.3 MB | [debian9/runtime]");
    expect(first).toContain("| the builder's | - | [debian12/base]");
    const elsewhere = new Map([['app', packages.get('app')!.map((entry) => ({ ...entry, size: undefined }))]]);
    expect(updateTables('README.md', first, elsewhere).changed).toEqual([]);
    const none = updateTables('README.md', section('app sizes'), elsewhere).text;
    expect(none).not.toContain('84.3 MB');
  });

  it('keeps every byte outside of its markers, and uses the line ends of its markers', () => {
    const bytes = Buffer.concat([
      Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0xfe]),
      Buffer.from(` é\n${section('tool').replaceAll('\n', '\r\n')}last line`),
    ]);
    const after = Buffer.from(update(bytes.toString('latin1')).text, 'latin1');
    expect(after.subarray(0, 5)).toEqual(bytes.subarray(0, 5));
    expect(after.toString('utf8')).toContain(
      ' é\n<!-- nx-image-matrix:tags tool -->\r\n\r\n| Tags | Platforms | Dockerfile |\r\n',
    );
    expect(after.toString('utf8')).toMatch(/\/nx-image-matrix:tags -->\r\nlast line$/);
  });

  it('is not recognized in code blocks and in sentences', () => {
    const text = `\`\`\`md\n${section('nobody')}\`\`\`\n~~~~\n${section('x')}~~~\n~~~~\nWrite \`<!-- nx-image-matrix:tags y -->\`.\n`;
    expect(findSections(text)).toEqual({ sections: [], problems: [] });
  });

  it('is added at the end', () => {
    const text = addSection('# App', { package: 'tool', style: { sizes: true } });
    expect(update(text).text).toMatch(
      /^# App\n\n## Tags of `tool`\n\n<!-- nx-image-matrix:tags tool sizes -->\n\n\| Tags/,
    );
    expect(addSection('a\r\n', { package: 'tool', style: {} })).toMatch(/^a\r\n\r\n## Tags of `tool`\r\n\r\n<!--/);
  });
});

describe('markers that cannot be used', () => {
  it.each([
    [section('ap'), 'README.md:1: no manifest has a package "ap"; did you mean "app"?'],
    [section('app') + section('app'), 'README.md:3: "app" has a section already, in line 1'],
    ['\n<!-- nx-image-matrix:tags app -->\ntext\n', 'README.md:2: the section that begins here is not closed; write'],
    [
      `<!-- nx-image-matrix:tags app -->\n${section('tool')}`,
      'README.md:1: the section that begins here is not closed',
    ],
    ['<!-- /nx-image-matrix:tags -->', 'README.md:1: <!-- /nx-image-matrix:tags --> closes no section'],
    ['<!--nx-image-matrix:tags-->\n<!-- /nx-image-matrix:tags -->', 'README.md:1: the marker names no package'],
    [
      section('inner'),
      'README.md:1: no image of "inner" is ever pushed; add the word "all" to its marker, or --all to the command.',
    ],
    [section('app size'), 'README.md:1: the marker has the word "size"; there are "sizes", "all" and'],
  ])('%j: %s', (text, message) => {
    expect(() => update(text)).toThrow(message);
  });

  it('are reported together', () => {
    expect(() => update(section('nobody') + section('app x') + '<!-- nx-image-matrix:tags app -->')).toThrow(
      /:1: .*there are app, inner, tool\.\n.*:3: .*"x".*\n.*:5: .*not closed/,
    );
  });
});
