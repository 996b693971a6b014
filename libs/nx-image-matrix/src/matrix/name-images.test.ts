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
const messages = (...images: [string, Diagnostic[]][]) => nameImages(images).map(({ message }) => message);

describe('a mistake in a template', () => {
  it('names the image that it is in', () => {
    expect(messages(['a', [mistake]], ['b', []])).toEqual(['undefined variable: nope (in a)']);
  });

  it('names the first of several images, and how many more there are', () => {
    const names = ['a', 'b', 'c'];
    expect(messages(...names.map((name): [string, Diagnostic[]] => [name, [mistake]]))).toEqual([
      'undefined variable: nope (in a and 2 more images)',
    ]);
    expect(messages(['a', [mistake]], ['b', [mistake]])).toEqual(['undefined variable: nope (in a and 1 more image)']);
  });

  it('is separate from another one', () => {
    expect(messages(['a', [mistake]], ['b', [{ ...mistake, line: 3 }]])).toEqual([
      'undefined variable: nope (in a)',
      'undefined variable: nope (in b)',
    ]);
  });
});

describe('an error in a rendered Dockerfile', () => {
  it('is unchanged: its path names the image', () => {
    const problem: Diagnostic = { ...mistake, code: 'bad-dockerfile', message: 'there is no `FROM` instruction' };
    expect(messages(['a', [problem]])).toEqual(['there is no `FROM` instruction']);
  });
});
