import { readJsonc, setJson } from './jsonc.ts';

describe('setJson', () => {
  it('keeps comments, order and indentation', () => {
    const text = '{\n\t// mine\n\t"b": 1, // one\n\t"a": "x"\n}\n';
    expect(setJson(text, ['c'], { d: true })).toBe(
      '{\n\t// mine\n\t"b": 1, // one\n\t"a": "x",\n\t"c": {\n\t\t"d": true\n\t}\n}\n',
    );
  });

  it('appends to a list', () => {
    expect(readJsonc(setJson('{ "a": [1] }', ['a', 1], 2, true), 'x')).toEqual({ a: [1, 2] });
  });

  it('keeps the line ends of Windows, and a byte order mark', () => {
    const text = setJson('\ufeff{\r\n  "a": 1\r\n}\r\n', ['b'], 2);
    expect(text).toBe('\ufeff{\r\n  "a": 1,\r\n  "b": 2\r\n}\r\n');
    expect(readJsonc(text, 'x')).toEqual({ a: 1, b: 2 });
  });

  it('makes an object of an empty file', () => {
    expect(setJson('', ['a'], 1)).toBe('{\n  "a": 1\n}\n');
  });
});

describe('readJsonc', () => {
  it('reads comments and trailing commas', () => {
    expect(readJsonc('{ /* a */ "a": [1,], }', 'x')).toEqual({ a: [1] });
  });

  it.each([
    ['{\n "a": 1\n "b": 2 }', /^settings\.json:3 is not JSON with comments/],
    ['[1]', /^settings\.json must hold a JSON object/],
  ])('refuses %j', (text, message) => {
    expect(() => readJsonc(text, 'settings.json')).toThrow(message);
  });
});
