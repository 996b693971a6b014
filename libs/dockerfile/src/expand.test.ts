import { expand } from './expand.ts';
import type { Value, Variables } from './expand.ts';

const values = new Map<string, Value>([
  ['NAME', { text: 'web', unknown: [] }],
  ['EMPTY', { text: '', unknown: [] }],
  ['VERSION', { text: '1.22.3', unknown: [] }],
  ['PATTERN', { text: 'a/b/c', unknown: [] }],
  ['TARGETARCH', { text: '*', unknown: ['TARGETARCH'] }],
  ['PREFIXED', { text: 'a-*', unknown: ['TARGETARCH'] }],
]);
const known: Variables = { values, open: false };
const open: Variables = { values, open: true };

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
    ['a$MISSING', 'a'],
    ['${MISSING}b', 'b'],
    ['${MISSING#v}', ''],
    ['${MISSING+alternative}', ''],
    ['$1', ''],
  ])('makes %s of it', (word, text) => {
    expect(expand(word, known)).toEqual({ text, unknown: [] });
  });

  it.each([
    ['$MISSING', '**', ['MISSING']],
    ['${MISSING}', '**', ['MISSING']],
    ['a-$MISSING.$OTHER', 'a-**.**', ['MISSING', 'OTHER']],
    ['${MISSING:-default}', '**', ['MISSING']],
    ['${MISSING-default}', '**', ['MISSING']],
    ['${MISSING:+alternative}', '*', ['MISSING']],
    ['${MISSING+a/b}', '**', ['MISSING']],
    ['${MISSING:?must be set}', '**', ['MISSING']],
    ['${MISSING#v}', '**', ['MISSING']],
    ['${NAME%$MISSING}', '**', ['MISSING']],
    ['${NAME/$MISSING/x}', '**', ['MISSING']],
    ['${EMPTY:-$MISSING}', '**', ['MISSING']],
    ['dist/$TARGETARCH/app', 'dist/*/app', ['TARGETARCH']],
    ['${TARGETARCH:-amd64}', '*', ['TARGETARCH']],
    ['${TARGETARCH:-linux/amd64}', '**', ['TARGETARCH']],
    ['${TARGETARCH:+x}', '*', ['TARGETARCH']],
    ['${TARGETARCH%64}', '*', ['TARGETARCH']],
    ['${EMPTY:-$TARGETARCH}', '*', ['TARGETARCH']],
    ['${PREFIXED:-default}', 'a-*', ['TARGETARCH']],
  ])('expands %s to a pattern of all its possible values', (word, text, unknown) => {
    expect(expand(word, open)).toEqual({ text, unknown });
  });

  it('has the alternative of a set variable, known or not', () => {
    expect(expand('${PREFIXED:+x}', known)).toEqual({ text: 'x', unknown: [] });
  });

  it.each(['"open', "'open", '${NAME', '${NAME:-x', '${', '${}', '"${NAME'])('is undefined for %s', (word) => {
    expect(expand(word, known)).toBeUndefined();
  });

  it('keeps backslashes if the escape character is another', () => {
    expect(expand('C:\\tools`$NAME', known, '`')).toEqual({ text: 'C:\\tools$NAME', unknown: [] });
  });
});
