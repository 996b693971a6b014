import { listOf, textOf } from './given.ts';

describe('listOf', () => {
  it.each([
    [undefined, []],
    ['', []],
    [' ', []],
    ['app/runtime', ['app/runtime']],
    ['app/runtime, app/devel', ['app/runtime', 'app/devel']],
    ['["app/runtime", "app/devel"]', ['app/runtime', 'app/devel']],
    ['[3.10, 3.11,"3.12"]', ['3.10', '3.11', '3.12']],
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
    [12, ['12']],
  ])('of %j is %j', (given, values) => {
    expect(listOf(given, 'packages', [])).toEqual(values);
  });

  it.each<[number | (string | number)[], string, string[]]>([
    [3.1, '--pythonVersions=3.10', ['3.10']],
    [3.1, '--python-versions 3.10', ['3.10']],
    [[3.1, 3.11], '--pythonVersions=3.10 --pythonVersions=3.11', ['3.10', '3.11']],
    [['3.8.1', 3.1], '--pythonVersions 3.8.1 --python-versions=3.10', ['3.8.1', '3.10']],
    [[3.1, '3.7,3.8'], '--pythonVersions=3.10 --pythonVersions=3.7,3.8', ['3.10', '3.7', '3.8']],
    [[3.1, 3.1], '--pythonVersions=3.1 --pythonVersions=3.10', ['3.1', '3.10']],
  ])('of %j typed as %s is %j', (given, typed, values) => {
    expect(listOf(given, 'pythonVersions', ['node', 'nx', 'g', 'x:y', ...typed.split(' ')])).toEqual(values);
  });
});

describe('textOf', () => {
  it.each([
    [3.1, ['node', 'nx', 'g', 'x:distro', 'debian:13', '--addToTags=3.10'], '3.10'],
    [3.1, ['--add-to-tags', '3.10'], '3.10'],
    [3.1, ['--other=3.1', '--addToTags=3.10'], '3.10'],
    [13, ['--addToTags=13'], '13'],
    [7, ['--addToTags=007'], '007'],
    [12, ['nothing'], '12'],
    [12.8, ['node', 'nx', 'g', 'x:cuda', '12.80'], '12.80'],
    ['slim', ['--addToTags=slim'], 'slim'],
    [undefined, [], undefined],
  ])('of %j typed as %j is %j', (given, args, text) => {
    expect(textOf(given, 'addToTags', args)).toBe(text);
  });

  it('refuses a number whose text is lost', () => {
    expect(() => textOf(3.1, 'releaseVersion', [])).toThrow(
      '"releaseVersion" is the number 3.1, and may have been another text, as 3.10 becomes 3.1. ' +
        'Pass it as text: --releaseVersion=3.1 on the command line, "3.1" elsewhere.',
    );
  });
});
