import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildSecret } from '../engine.ts';
import { resolveBuildSecrets } from './build-secrets.ts';
import { masked } from './mask.ts';

let context: string;
beforeEach(() => {
  context = realpathSync(mkdtempSync(join(tmpdir(), 'build-secrets-')));
  mkdirSync(join(context, 'folder'));
  writeFileSync(join(context, 'pip.conf'), 'token-in-a-file\n');
  writeFileSync(join(context, 'large'), Buffer.alloc(500 * 1024 + 1));
});
afterEach(() => rmSync(context, { recursive: true, force: true }));

describe('resolveBuildSecrets', () => {
  const resolveOne = (secret: BuildSecret) =>
    resolveBuildSecrets([secret], context, { SET: 'token-in-env', EMPTY: '' }, limits());
  const limits = () => ({ workspace: context, folders: [], passwords: new Map<string, string>() });

  it('passes a variable by its name, and a file by its path', async () => {
    expect((await resolveOne({ id: 'a', env: 'SET' }))[0]).toMatchObject({ request: { id: 'a', env: 'SET' } });
    const [file] = await resolveOne({ id: 'a', src: 'pip.conf' });
    expect(file!.request).toEqual({ id: 'a', src: join(context, 'pip.conf') });
    expect(masked('token-in-env and token-in-a-file')).toBe('*** and ***');
  });

  it('uses the variable if a secret has both, and the file if it is not set', async () => {
    expect((await resolveOne({ id: 'a', env: 'SET', src: 'pip.conf' }))[0]!.value).toBe('token-in-env');
    expect((await resolveOne({ id: 'a', env: 'EMPTY', src: 'pip.conf' }))[0]!.value).toBe('token-in-a-file\n');
  });

  it.each<[string, BuildSecret, string]>([
    ['a variable that is not set', { id: 'pip', env: 'UNSET' }, 'the environment variable UNSET, which is not set'],
    ['an empty variable', { id: 'pip', env: 'EMPTY' }, 'the environment variable EMPTY, which is not set'],
    ['a missing file', { id: 'pip', src: 'no/such' }, 'the file no/such, which does not exist'],
    ['a folder', { id: 'pip', src: 'folder' }, 'the file folder, which is not a file'],
    ['a file that is too large', { id: 'pip', src: 'large' }, 'the file large, which is larger than'],
  ])('refuses %s', async (_, secret, words) => {
    await expect(resolveOne(secret)).rejects.toMatchObject({
      code: 'missing-secret',
      message: expect.stringContaining(`the build secret "pip" needs ${words}`),
    });
  });
});
