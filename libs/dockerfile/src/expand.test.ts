import { expand } from './expand.ts';
import type { Value } from './expand.ts';

const known = new Map<string, Value>([
  ['NAME', { text: 'web', unresolved: false }],
  ['EMPTY', { text: '', unresolved: false }],
  ['VERSION', { text: '1.22.3', unresolved: false }],
  ['PATTERN', { text: 'a/b/c', unresolved: false }],
  ['TARGETARCH', { text: '*', unresolved: true }],
]);

describe('expanding a word', () => {
  it.each([
    ['plain', 'plain'],
    ['$NAME', 'web'],
    ['${NAME}', 'web'],
    ['a$NAME/b', 'aweb/b'],
    ['${NAME}${NAME}', 'webweb'],
    ['${MISSING:-default}', 'default'],
    ['${MISSING-default}', 'default'],
    ['${EMPTY:-default}', 'default'],
    ['${EMPTY-default}', ''],
    ['${NAME:-default}', 'web'],
    ['${NAME:+alternative}', 'alternative'],
    ['${EMPTY:+alternative}', ''],
    ['${EMPTY+alternative}', 'alternative'],
    ['${MISSING:+alternative}', ''],
    ['${NAME:?must be set}', 'web'],
    ['${MISSING:-${NAME}-x}', 'web-x'],
    ['"${NAME} $NAME"', 'web web'],
    ["'$NAME'", '$NAME'],
    ['\\$NAME', '$NAME'],
    ['"\\$NAME \\" \\n"', '$NAME " \\n'],
    ['a\\ b', 'a b'],
    ['x$', 'x$'],
    ['$/x', '$/x'],
    ['${VERSION%.*}', '1.22'],
    ['${VERSION%%.*}', '1'],
    ['${VERSION#*.}', '22.3'],
    ['${VERSION##*.}', '3'],
    ['${VERSION#nothing}', '1.22.3'],
    ['${VERSION/./-}', '1-22.3'],
    ['${VERSION//./-}', '1-22-3'],
    ['${PATTERN//\\//.}', 'a.b.c'],
  ])('makes %s of it', (word, text) => {
    expect(expand(word, known)).toEqual({ text, unresolved: false });
  });

  it.each([
    ['$MISSING', '*'],
    ['${MISSING}', '*'],
    ['dist/$TARGETARCH/app', 'dist/*/app'],
    ['${TARGETARCH:-amd64}', '*'],
    ['${TARGETARCH%64}', '*'],
    ['${MISSING#v}', '*'],
    ['${EMPTY:-$TARGETARCH}', '*'],
  ])('lets %s be anything', (word, text) => {
    expect(expand(word, known)).toEqual({ text, unresolved: true });
  });

  it.each(['"open', "'open", '${NAME', '${NAME:-x', '${', '${}', '"${NAME'])('has no value for %s', (word) => {
    expect(expand(word, known)).toBeUndefined();
  });

  it('leaves backslashes alone where the escape character is another', () => {
    expect(expand('C:\\tools`$NAME', known, '`')).toEqual({ text: 'C:\\tools$NAME', unresolved: false });
  });
});
