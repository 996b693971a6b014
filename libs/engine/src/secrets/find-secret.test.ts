import { findSecret } from './find-secret.ts';

const token = { from: 'the environment variable PIP_TOKEN', value: 'tok-12345' };
const netrc = {
  from: 'the file ~/.netrc',
  value: 'machine pypi.org\nlogin me\npassword correct-horse-battery\n-----BEGIN OPENSSH PRIVATE KEY-----\n',
};

describe('findSecret', () => {
  it.each<[string, string, number, number]>([
    ['in clear', 'FROM x\nRUN pip --token tok-12345\n', 2, 17],
    ['in base64', `FROM x\n\nENV A=${Buffer.from('me:tok-12345').toString('base64')}\n`, 3, 11],
    ['one line of a file', 'FROM x\nRUN echo password correct-horse-battery > x\n', 2, 10],
    ['the first of several', 'tok-12345\npassword correct-horse-battery', 1, 1],
    ['in a file, alone', 'FROM x\nRUN curl -u me:correct-horse-battery x', 2, 16],
  ])('finds a value %s', (_, text, line, column) => {
    expect(findSecret(text, [netrc, token])).toMatchObject({ line, column });
  });

  it.each([
    ['a line that many files have', 'machine pypi.org\n-----BEGIN OPENSSH PRIVATE KEY-----\n'],
    ['part of a value', 'tok-1234'],
  ])('does not report %s', (_, text) => {
    expect(findSecret(text, [netrc, token])).toBeUndefined();
  });

  it('reports the source of the value, never the value', () => {
    expect(findSecret('tok-12345', [token])).toEqual({
      from: 'the environment variable PIP_TOKEN',
      line: 1,
      column: 1,
    });
  });

  it('ignores values that occur in ordinary text', () => {
    expect(
      findSecret('FROM debian:1\n', [
        { from: 'x', value: '1' },
        { from: 'y', value: 'FRO' },
        { from: 'z', value: 'debian' },
      ]),
    ).toBeUndefined();
  });
});
