import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { repository } from '../support/installation.ts';
import { pages, proseOf, readPage } from './pages.ts';

const published = 'libs/nx-image-matrix/README.md';
const others = [
  'docs/examples/python/README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'libs/nx-image-matrix/CHANGELOG.md',
  'tools/stand/README.md',
];
const { homepage } = JSON.parse(readPage('libs/nx-image-matrix/package.json')) as { homepage: string };
const address = homepage.replace(/#.*$/, '/blob/main/');

describe.each([...pages, ...others])('the links of %s', (page) => {
  it('lead to existing files and headings', () => {
    const links = linksOf(page).filter((target) => !/^[a-z]+:/.test(target));
    expect(links.filter((link) => !resolves(page, link))).toEqual([]);
  });
});

/** npm shows this README on its own site, where relative links do not work. */
describe('the README of the published package', () => {
  it('has only absolute links into this repository, to existing files and headings', () => {
    const links = linksOf(published);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((link) => !link.startsWith(address))).toEqual([]);
    expect(links.filter((link) => !resolves('README.md', link.slice(address.length)))).toEqual([]);
  });
});

it('docs/README.md lists every page once in its tables', () => {
  const listed = linksOf('docs/README.md').filter((link) => /^[\w-]+\.md$/.test(link));
  const wanted = pages
    .filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
    .map((page) => page.slice(5));
  expect(listed.toSorted()).toEqual(wanted.toSorted());
});

function linksOf(page: string): string[] {
  return [...proseOf(readPage(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
}

function resolves(page: string, link: string): boolean {
  const [path, anchor] = link.split('#') as [string, string | undefined];
  const target = path === '' ? join(repository, page) : join(repository, dirname(page), path);
  if (!existsSync(target) || relative(repository, target).startsWith('..')) return false;
  return anchor === undefined || anchorsOf(readFileSync(target, 'utf8')).has(anchor);
}

/** The anchors that GitHub creates for headings: https://docs.github.com/en/get-started/writing-on-github */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of proseOf(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const plain = heading!.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1').toLowerCase();
    const slug = plain
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
