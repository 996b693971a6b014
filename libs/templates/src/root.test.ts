import { templatesRoot } from './root.ts';

describe('the templates root', () => {
  it.each([
    ['templates/debian', ['templates/debian'], 'templates'],
    ['templates/debian', ['templates/debian', 'templates/centos'], 'templates'],
    ['templates/debian', ['templates/debian', 'templates/rpm/centos'], 'templates'],
    ['a/b/c', ['a/b/c'], 'a/b'],
    ['a/b/c', ['a/b/c', 'a/b/d/e'], 'a/b'],
    ['a/b', ['a/b', 'a/b/c'], 'a'],
    ['templates', ['templates'], 'templates'],
    ['templates', ['templates', 'templates/debian'], 'templates'],
    ['one/debian', ['one/debian', 'two/centos'], 'one'],
    ['two/centos', ['one/debian', 'two/centos'], 'two'],
    ['one/debian', ['one/debian', 'two'], 'one'],
    ['./templates/debian/', ['./templates/debian/'], 'templates'],
    ['templates/debian', ['templates/debian', '', '../elsewhere', '/absolute'], 'templates'],
    ['.', ['.'], undefined],
  ])('of %s among %p is %p', (dir, all, expected) => {
    expect(templatesRoot(dir, all)).toBe(expected);
  });

  it.each(['shared', './shared/', '.', '..'])('is %s if that is explicit', (chosen) => {
    expect(templatesRoot('templates/debian', ['templates/debian'], chosen)).toBe(chosen.replaceAll(/^\.\/|\/$/g, ''));
  });
});
