import { removeTrees, renderTree } from './test-kit.ts';
import type { ImageChanges, TreeEntry } from './test-kit.ts';

afterAll(removeTrees);

const FOLDER = 'images/templates/debian/runtime';

function pathsOf(extra: Record<string, TreeEntry>, image: ImageChanges = {}): string[] {
  const entries = Object.entries(extra).map(([path, entry]): [string, TreeEntry] => [`${FOLDER}/${path}`, entry]);
  const { files, diagnostics } = renderTree(
    { [`${FOLDER}/Dockerfile.liquid`]: 'FROM {{ from }}\n', ...Object.fromEntries(entries) },
    image,
  );
  expect(diagnostics).toEqual([]);
  return files.map(({ path }) => path);
}

describe('an extra file that renders to nothing', () => {
  it.each([
    ['nothing', ''],
    ['line ends', '\n\r\n'],
    ['white space', ' \t\n'],
    ['a branch that was not taken', '{% if cuda %}deb {{ cuda.repository_url }}{% endif %}\n'],
    ['a variable that is empty', '{{ args.EMPTY }}\n'],
  ])('is not written: %s', (_, content) => {
    const extra = { 'a.repo.liquid': content, 'b/c.sh.liquid': { executable: content }, 'd.txt': 'd' };
    expect(pathsOf(extra, { variables: { args: { EMPTY: '' } } })).toEqual(['Dockerfile', 'd.txt']);
  });

  it('is written for images for which it renders to something', () => {
    const extra = { 'a.repo.liquid': '{{ header }}\n' };
    expect(pathsOf(extra)).toEqual(['Dockerfile', 'a.repo']);
    expect(pathsOf(extra, { variables: { header: null } })).toEqual(['Dockerfile']);
  });

  it('is still an input of the image, with what it reads', () => {
    const { templates, variables, usesVersion } = renderTree({
      [`${FOLDER}/Dockerfile.liquid`]: 'FROM {{ from }}\n',
      [`${FOLDER}/a.repo.liquid`]: "{% if version == '0' %}a{% endif %}",
    });
    expect(templates).toContain('templates/debian/runtime/a.repo.liquid');
    expect([...variables]).toContain('version');
    expect(usesVersion).toBe(true);
  });

  it('is kept if it is not a template, or is the Dockerfile', () => {
    expect(pathsOf({ 'empty.txt': '', 'blank.txt': ' \n' })).toEqual(['Dockerfile', 'blank.txt', 'empty.txt']);
    const { files } = renderTree({ [`${FOLDER}/Dockerfile.liquid`]: '\n' });
    expect(files).toEqual([{ path: 'Dockerfile', content: '\n', executable: false }]);
  });
});
