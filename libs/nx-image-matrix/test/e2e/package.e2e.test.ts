import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installation } from '../support/installation.ts';

/** The package as `nx migrate` and its users see it. */
describe('the packed package', () => {
  it('is ready for nx migrate: the field leads to a packed file of migrations', () => {
    const folder = join(installation(), 'node_modules/nx-image-matrix');
    const manifest = read<{ 'nx-migrations': { migrations: string } }>(join(folder, 'package.json'));
    const migrations = read<Record<string, object>>(join(folder, manifest['nx-migrations'].migrations));
    expect(Object.keys(migrations)).toEqual(expect.arrayContaining(['generators', 'packageJsonUpdates']));
  });

  it('has a changelog that begins with its version', () => {
    const folder = join(installation(), 'node_modules/nx-image-matrix');
    const { version } = read<{ version: string }>(join(folder, 'package.json'));
    expect(existsSync(join(folder, 'CHANGELOG.md'))).toBe(true);
    expect(/^## (?!Unreleased$)(\S+)/m.exec(readFileSync(join(folder, 'CHANGELOG.md'), 'utf8'))?.[1]).toBe(version);
  });
});

function read<Content>(path: string): Content {
  return JSON.parse(readFileSync(path, 'utf8')) as Content;
}
