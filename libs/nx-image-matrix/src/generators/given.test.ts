import { listOf, textOf } from './given.ts';

describe('listOf', () => {
  it.each([
    [undefined, []],
    ['', []],
    [' ', []],
    ['app/runtime', ['app/runtime']],
    ['app/runtime, app/devel', ['app/runtime', 'app/devel']],
    ['["app/runtime", "app/devel"]', ['app/runtime', 'app/devel']],
    ['[app', ['[app']],
    [
      ['app', 'api'],
      ['app', 'api'],
    ],
    [
      ['app,api', 'app'],
      ['app', 'api'],
    ],
    ['cudart=12.8.90-1,cudnn9=9.8.0.87-1', ['cudart=12.8.90-1', 'cudnn9=9.8.0.87-1']],
    ['3.10', ['3.10']],
  ])('of %j is %j', (given, values) => {
    expect(listOf(given)).toEqual(values);
  });
});

describe('textOf', () => {
  it.each([
    [3.1, ['node', 'nx', 'g', 'x:distro', 'debian:13', '--addToTags=3.10'], '3.10'],
    [3.1, ['--add-to-tags', '3.10'], '3.10'],
    [13, ['--addToTags=13'], '13'],
    [7, ['--addToTags=007'], '007'],
    [3.1, ['nothing'], '3.1'],
    ['slim', ['--addToTags=slim'], 'slim'],
    [undefined, [], undefined],
  ])('of %j typed as %j is %j', (given, args, text) => {
    expect(textOf(given, args)).toBe(text);
  });
});
