import { markGenerated } from './git-attributes.ts';

describe('markGenerated', () => {
  it.each([
    ['', 'docker/** linguist-generated\n'],
    ['* text=auto', '* text=auto\ndocker/** linguist-generated\n'],
    ['* text=auto\r\n', '* text=auto\r\ndocker/** linguist-generated\r\n'],
  ])('adds a line to %j', (text, expected) => {
    expect(markGenerated(text, 'docker')).toBe(expected);
  });

  it.each([
    'docker/** linguist-generated\n',
    '/docker/** -diff linguist-generated=true\n',
    'docker/** -linguist-generated\n',
  ])('leaves %j as it is', (text) => {
    expect(markGenerated(text, 'docker')).toBe(text);
  });
});
