import { diagnose, imagesOf, minimal } from '../test/minimal.ts';

describe('source text', () => {
  it.each([
    ['10', '10'],
    ['3.10', '3.10'],
    ['"3.10"', '3.10'],
    ["'22.04'", '22.04'],
    ['0x1F', '0x1F'],
    ['1e3', '1e3'],
    ['007', '007'],
    ['true', 'true'],
  ])('stays unchanged in a key %s', (key, version) => {
    const [image] = imagesOf(minimal.replace('12:', `${key}:`));
    expect(image!.distro).toEqual({ name: 'debian', version, id: `debian${version}` });
  });

  it.each([
    ['[3.10, 3.11]', ['3.10', '3.11']],
    ['["3.10", 3.9, 3.10]', ['3.10', '3.9']],
    ['[3.10]', ['3.10']],
  ])('stays unchanged in a list %s of versions', (list, versions) => {
    const images = imagesOf(`${minimal}      args: {PYTHON_VERSION: ${list}}\n`);
    expect(
      images.filter(({ releaseType }) => releaseType === 'base').map(({ args }) => args['PYTHON_VERSION']),
    ).toEqual(versions);
  });

  it('stays unchanged in numbers and booleans of arguments, labels and tags', () => {
    const [image] = imagesOf(
      `${minimal.replace('add_to_tags: slim', 'add_to_tags: 1.10')}      args: {A: 1.50, B: True}\n      labels: {c: 2.0}\n`,
    );
    expect(image).toMatchObject({ args: { A: '1.50', B: 'True' }, labels: { c: '2.0' }, tags: ['base-1.10'] });
  });

  it('keeps keys that have a meaning in JavaScript', () => {
    const [image] = imagesOf(`${minimal}      args: {__proto__: a, constructor: b}\n      labels: {__proto__: c}\n`);
    expect(Object.entries(image!.args)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(Object.entries(image!.labels)).toEqual([['__proto__', 'c']]);
  });

  it.each(['__proto__', 'constructor', 'toString'])('reports an axis %s without a value like any other', (name) => {
    const codes = diagnose(`${minimal}      args: {${name}: ["{{ nope }}"]}\n`).map(({ code, message }) => [
      code,
      message,
    ]);
    expect(codes).toEqual([['bad-arg', `\`${name}\`: undefined variable: nope (line 1 of the text)`]]);
  });
});
