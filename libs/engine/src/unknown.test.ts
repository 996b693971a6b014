import { codeOf, isObject, messageOf } from './unknown.ts';

test.each([
  ['an error of Node', Object.assign(new Error('no such file'), { code: 'ENOENT' }), 'no such file', 'ENOENT'],
  ['an error without a code', new Error('broken'), 'broken', ''],
  ['a code that is a number', Object.assign(new Error('broken'), { code: 2 }), 'broken', ''],
  ['a text that was thrown', 'stop', 'stop', ''],
  ['nothing that was thrown', undefined, 'undefined', ''],
  ['null', null, 'null', ''],
])('reads the message and the code of %s', (_what, thrown, message, code) => {
  expect([messageOf(thrown), codeOf(thrown)]).toEqual([message, code]);
});

test.each([
  [{}, true],
  [[], true],
  [null, false],
  ['text', false],
  [1, false],
])('says whether %j has properties', (value, expected) => {
  expect(isObject(value)).toBe(expected);
});
