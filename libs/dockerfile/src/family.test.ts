import { Family } from './family.ts';
import type { Member } from './family.ts';
import { readDockerfile } from './read-dockerfile.ts';

/** The paths and images that the Dockerfile of `child` uses; the others are own images, by name. */
function read(files: Record<string, string>) {
  const members = new Map<string, Member>();
  const parentsOf = (reference: string) =>
    [...members].flatMap(([name, member]) => (reference === name || reference === '*' ? [member] : []));
  for (const [name, text] of Object.entries(files)) {
    members.set(name, { text, args: {}, facts: readDockerfile(text).facts!, parentsOf });
  }
  const { facts, problems } = new Family().read(members.get('child')!);
  const found = facts && [...facts.references, ...facts.sources];
  return {
    names: found?.map((one) => ('reference' in one ? one.reference : one.path)),
    args: facts?.args,
    problems: problems.map(({ line, message }) => `${line} ${message}`),
  };
}

const names = (files: Record<string, string>) => read(files).names;

describe('ONBUILD of an own image', () => {
  it.each([
    ['COPY', 'COPY conf/*.txt /', ['parent', 'conf/*.txt', 'own']],
    ['ADD', 'ADD a.tgz /', ['parent', 'a.tgz', 'own']],
    ['a bind mount', 'RUN --mount=source=a,target=/a x', ['parent', 'a', 'own']],
    ['COPY --from an image', 'COPY --from=tools a /', ['parent', 'tools', 'own']],
    ['a mount from an image', 'RUN --mount=from=tools,target=/t x', ['parent', 'tools', 'own']],
    ['a variable of the child that comes later', 'COPY ${LATER:-now} /', ['parent', 'now', 'own']],
  ])('counts for the child: %s', (_, trigger, expected) => {
    const parent = `FROM scratch\nONBUILD ${trigger}`;
    expect(names({ parent, child: 'FROM parent\nENV LATER=x\nCOPY own /' })).toEqual(expected);
  });

  it('does not count for a grandchild', () => {
    const files = { top: 'FROM debian\nONBUILD COPY a /', parent: 'FROM top\nONBUILD COPY b /', child: 'FROM parent' };
    expect(names(files)).toEqual(['parent', 'b']);
  });

  it('counts if a stage that the last one is built from starts FROM the image', () => {
    const parent = 'FROM debian\nONBUILD COPY a /';
    expect(names({ parent, child: 'FROM parent AS one\nFROM scratch\nCOPY --from=one a /' })).toEqual(['parent', 'a']);
    expect(names({ parent, child: 'FROM parent AS one\nFROM scratch' })).toEqual([]);
  });

  it('reaches the stages of the child', () => {
    const parent = 'FROM debian\nONBUILD COPY --from=build a /';
    expect(names({ parent, child: 'FROM golang AS build\nCOPY src /\nFROM parent' })).toEqual([
      'golang',
      'parent',
      'src',
    ]);
  });

  it('declares arguments and sets variables of the child', () => {
    const parent = 'FROM scratch\nONBUILD ARG A=a\nONBUILD ENV B=$A';
    expect(read({ parent, child: 'FROM parent\nCOPY $B /' })).toMatchObject({ names: ['parent', 'a'], args: ['A'] });
  });

  it('counts of every image that may be meant', () => {
    const files = {
      one: 'FROM debian\nONBUILD COPY a /',
      two: 'FROM debian\nONBUILD COPY b /',
      child: 'FROM $TARGETARCH',
    };
    expect(names(files)).toEqual(['*', 'a', 'b']);
  });

  it('is reported at the FROM if it is invalid there', () => {
    const parent = 'FROM debian\nONBUILD COPY --from=7 a /';
    expect(read({ parent, child: '# child\nFROM parent' }).problems).toEqual([
      '2 `--from=7`: there is no stage with this number',
    ]);
  });
});

describe('ENV of an own image', () => {
  it.each([
    ['the parent', { parent: 'FROM debian\nENV D=a/b' }, '$D/c', ['parent', 'a/b/c']],
    ['the parent, against a default', { parent: 'FROM debian\nENV D=a' }, '${D:-none}', ['parent', 'a']],
    ['the parent, empty', { parent: 'FROM scratch\nENV D=' }, '${D:-none}', ['parent', 'none']],
    ['nobody', { parent: 'FROM scratch\nARG D=a' }, '${D:-none}', ['parent', 'none']],
    ['its parent', { top: 'FROM debian\nENV D=a', parent: 'FROM top\nENV E=e' }, '$D/$E', ['parent', 'a/e']],
    ['its parent, changed', { top: 'FROM debian\nENV D=a', parent: 'FROM top\nENV D=$D/b' }, '$D', ['parent', 'a/b']],
    ['a stage of the parent', { parent: 'FROM debian AS x\nENV D=a\nFROM x' }, '$D', ['parent', 'a']],
    [
      'another stage of the parent',
      { parent: 'FROM debian AS x\nENV D=a\nFROM scratch' },
      '${D:-none}',
      ['parent', 'none'],
    ],
    ['a base image', { parent: 'FROM debian' }, '${D:-none}/c', ['parent', '**/c']],
  ])('is known in the child if it is set by %s', (_, parents, path, expected) => {
    expect(names({ ...parents, child: `FROM parent\nCOPY ${path} /` })).toEqual(expected);
  });

  it('is known through a stage of the child', () => {
    const child = 'FROM parent AS x\nFROM x\nCOPY $D /';
    expect(names({ parent: 'FROM debian\nENV D=a', child })).toEqual(['parent', 'a']);
  });

  it('is unknown if images start FROM each other', () => {
    expect(names({ parent: 'FROM child', child: 'FROM parent\nCOPY $D/a /' })).toEqual(['parent', '**/a']);
  });
});
