import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installation, packPlugin, repository } from '../support/installation.ts';

/** What `nx migrate` and whoever installs the package get to see. */
describe('the packed package', () => {
  it.each([
    ['publint', '--strict'],
    ['attw', '--no-color'],
  ])('satisfies %s', (tool, option) => {
    const program = join(repository, 'node_modules/.bin', tool);
    const { status, stdout, stderr } = spawnSync(program, [option, packPlugin()].toReversed(), { encoding: 'utf8' });
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
  });

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
