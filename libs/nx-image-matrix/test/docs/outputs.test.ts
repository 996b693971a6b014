import { blocksOf, readPage } from './pages.ts';

/** The images in a `docker-matrix` table of a page. */
function shown(page: string): string[] {
  const table = blocksOf(readPage(page)).find(({ text }) => text.startsWith('PROJECT '));
  return [...(table?.text ?? '').matchAll(/^(app-\S+) +(\S+)/gm)].map(([, project, image]) => `${project} ${image}`);
}

it('README.md and docs/getting-started.md show the same five images', () => {
  const images = shown('docs/getting-started.md');
  expect(images).toHaveLength(5);
  expect(shown('README.md')).toEqual(images);
});

it('docs/getting-started.md shows a line of the build for each image of its table', () => {
  const page = readPage('docs/getting-started.md');
  const built = [...page.matchAll(/^(\S+) built \(/gm)].map(([, image]) => image);
  const images = shown('docs/getting-started.md').map((line) => line.split(' ')[1]);
  expect(built.toSorted()).toEqual(images.toSorted());
});

it.each(['README.md', 'libs/nx-image-matrix/README.md'])('%s says "before 1.0" as long as that holds', (page) => {
  const { version } = JSON.parse(readPage('libs/nx-image-matrix/package.json')) as { version: string };
  expect(readPage(page).includes('Status: before 1.0')).toBe(version.startsWith('0.'));
});
