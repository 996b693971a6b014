import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { nameImages } from './name-images.ts';

const mistake: Diagnostic = {
  code: 'template-error',
  severity: 'error',
  file: 'templates/one.Dockerfile.liquid',
  line: 2,
  column: 7,
  message: 'undefined variable: nope',
};
const place = (image: string) => ({
  image,
  manifest: 'manifest.yml',
  parts: ['part.yml'],
  folder: `docker/${image}`,
  templates: ['one'],
});
const messages = (...images: [string, Diagnostic[]][]) =>
  nameImages(images.map(([image, diagnostics]) => ({ ...place(image), diagnostics }))).map(({ message }) => message);

describe('a mistake in a template', () => {
  it('names the image that it is in', () => {
    expect(messages(['a', [mistake]], ['b', []])).toEqual(['undefined variable: nope (for `a`)']);
  });

  it('names the first of several images, and how many more there are', () => {
    const names = ['a', 'b', 'c'];
    expect(messages(...names.map((name): [string, Diagnostic[]] => [name, [mistake]]))).toEqual([
      'undefined variable: nope (for `a` and 2 more images)',
    ]);
    expect(messages(['a', [mistake]], ['b', [mistake]])).toEqual([
      'undefined variable: nope (for `a` and 1 more image)',
    ]);
  });

  it('is separate from another one', () => {
    expect(messages(['a', [mistake]], ['b', [{ ...mistake, line: 3 }]])).toEqual([
      'undefined variable: nope (for `a`)',
      'undefined variable: nope (for `b`)',
    ]);
  });

  it('names an image for any code, unless the manifest is the place', () => {
    const missing: Diagnostic = { ...mistake, code: 'missing-template', message: 'there is no template `part`' };
    expect(messages(['a', [missing]], ['b', [missing]])).toEqual([
      'there is no template `part` (for `a` and 1 more image)',
    ]);
    for (const file of ['manifest.yml', 'part.yml']) {
      const inManifest = { ...missing, file };
      expect(messages(['a', [inManifest]], ['b', [inManifest]])).toEqual(['there is no template `part`']);
    }
  });
});

describe('an error in a rendered Dockerfile', () => {
  const problem = (image: string, line = 1): Diagnostic => ({
    ...mistake,
    code: 'bad-dockerfile',
    file: `docker/${image}/Dockerfile`,
    line,
    message: 'there is no `FROM` instruction',
  });

  it('is unchanged: its path names the image', () => {
    expect(messages(['a', [problem('a')]])).toEqual(['there is no `FROM` instruction']);
  });

  it('is reported once for the images of one template, at the first', () => {
    const images = ['a', 'b', 'c'].map((image) => ({ ...place(image), diagnostics: [problem(image)] }));
    expect(nameImages(images)).toEqual([
      { ...problem('a'), message: 'there is no `FROM` instruction (for `a` and 2 more images)' },
    ]);
  });

  it('is reported for each of two templates, two places and two manifests', () => {
    const one = { ...place('a'), diagnostics: [problem('a')] };
    expect(nameImages([one, { ...place('b'), templates: ['two'], diagnostics: [problem('b')] }])).toHaveLength(2);
    expect(nameImages([one, { ...place('b'), manifest: 'b/manifest.yml', diagnostics: [problem('b')] }])).toHaveLength(
      2,
    );
    expect(nameImages([one, { ...place('b'), diagnostics: [problem('b', 2)] }])).toHaveLength(2);
  });
});
