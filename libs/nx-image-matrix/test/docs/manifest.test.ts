import { globMatches } from '../../src/workspace/glob.ts';
import { expandImages, parseManifest, type FileReader, type Image } from '@nx-image-matrix/manifest';
import { blocksOf, readPage, type Block } from './pages.ts';

const blocks = blocksOf(readPage('docs/manifest.md'));

/** Manifests with the images that the page shows below them. */
const examples = blocks.flatMap((block, index): [Block, Block][] => {
  const next = blocks[index + 1];
  return block.language === 'yaml' && next?.language === 'text' ? [[block, next]] : [];
});

/** The other files of the page. */
const files = new Map(blocks.flatMap(({ file, text }) => (file === undefined ? [] : [[file, text]])));
const reader: FileReader = {
  kindOf: (path) => (files.has(path) ? 'file' : 'nothing'),
  find: (glob) => [...files.keys()].filter((path) => globMatches(glob, path)),
  read: (path) => ({ text: files.get(path) ?? '' }),
};

/** Project, local reference, parent, and the other tags. */
function row({ name, reference, from, tags }: Image): string {
  return [name, reference, from, ...tags.slice(1)].join(' ');
}

describe('docs/manifest.md', () => {
  it.each(examples)('shows the images of the manifest at line $line', ({ text }, { text: shown }) => {
    const { manifest, diagnostics } = parseManifest(text, 'manifest.yml', reader);
    expect(diagnostics).toEqual([]);
    const expanded = expandImages(manifest!, {});
    expect(expanded.diagnostics).toEqual([]);
    const lines = shown.trim().split('\n');
    expect(lines.map((line) => line.trim().replaceAll(/ +/g, ' '))).toEqual(expanded.images.map(row));
  });

  it('has such manifests', () => {
    expect(examples.length).toBeGreaterThan(8);
  });
});
