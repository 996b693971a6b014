import { folderOf, packageNameFrom } from './names.ts';

describe('packageNameFrom', () => {
  it.each([
    ['@acme/My_Shop', 'my-shop'],
    ['workspace', 'workspace'],
    ['  Ünï ', 'n'],
    ['@acme/', 'app'],
    ['', 'app'],
  ])('of %j is %j', (text, name) => {
    expect(packageNameFrom(text)).toBe(name);
  });
});

describe('folderOf', () => {
  it.each([
    ['', ''],
    ['.', ''],
    ['./images/', 'images'],
    ['apps\\api', 'apps/api'],
  ])('of %j is %j', (directory, folder) => {
    expect(folderOf(directory)).toBe(folder);
  });

  it.each(['..', '../other', '/tmp', 'a/../../b'])('refuses %j', (directory) => {
    expect(() => folderOf(directory)).toThrow('is not below the workspace');
  });
});
