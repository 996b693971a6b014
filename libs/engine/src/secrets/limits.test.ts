import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BuildSecret } from '../engine.ts';
import { resolveBuildSecrets } from './build-secrets.ts';
import { checkBuildSecrets, type SecretLimits } from './limits.ts';

describe('limits of build secrets', () => {
  let root: string;
  let workspace: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'secret-limits-')));
    workspace = join(root, 'workspace');
    for (const path of ['workspace/tools/token', 'outside/token', 'outside-2/token', 'workspace-2/token']) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), `the token in ${path}\n`);
    }
    symlinkSync('../outside/token', join(workspace, 'link'));
    symlinkSync('../outside', join(workspace, 'folder-link'));
    symlinkSync('/proc/self/environ', join(workspace, 'environ'));
    symlinkSync('/proc/self', join(workspace, 'process'));
    symlinkSync('tools/token', join(workspace, 'inside'));
    symlinkSync('workspace', join(root, 'same-workspace'));
    execFileSync('mkfifo', [join(workspace, 'pipe')]);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const environment = { PIP_TOKEN: 'the pip token', HUB_PASSWORD: 'the hub password' };
  const passwords = new Map([['HUB_PASSWORD', 'a password of a registry (`pwd` in services/manifest.yml)']]);
  const resolve = (secret: Omit<BuildSecret, 'id'>, limits: Partial<SecretLimits> = {}) =>
    resolveBuildSecrets([{ id: 'x', ...secret }], join(workspace, 'tools'), environment, {
      workspace,
      folders: [],
      passwords,
      ...limits,
    });

  it.each<[what: string, src: () => string]>([
    ['a path below the manifest', () => 'token'],
    ['another way to it', () => './../tools//token'],
    ['an absolute path in the workspace', () => join(workspace, 'tools/token')],
    ['a link that stays in the workspace', () => '../inside'],
    ['a way that leaves the workspace and comes back', () => '../../workspace/tools/token'],
    ['another name of the workspace', () => join(root, 'same-workspace/tools/token')],
  ])('allow %s', async (_, src) => {
    const [secret] = await resolve({ src: src() });
    expect(secret).toMatchObject({ value: 'the token in workspace/tools/token\n' });
    expect(secret!.request.src).toBe(join(workspace, 'tools/token'));
  });

  it.each<[what: string, src: string]>([
    ['a path that leads out', '../../outside/token'],
    ['a folder whose name only begins like that of the workspace', '../../workspace-2/token'],
    ['an absolute path', '/etc/passwd'],
    ['a link that leads out', '../link'],
    ['a link to a folder outside', '../folder-link/token'],
    ['a file outside that does not exist, by the same words', '../../outside/nothing'],
    ['a file of the home folder', '~/.no-such-file'],
    ['the folder above', '../..'],
  ])('reject %s', async (_, src) => {
    const error = resolve({ src });
    await expect(error).rejects.toMatchObject({
      code: 'refused-secret',
      message: expect.stringContaining(`the build secret "x" may not be the file ${src}, which lies outside`),
      hint: expect.stringContaining('"buildSecrets": { "folders": ['),
    });
  });

  const kernel = ['/proc/self/environ', '/proc/../proc/self/environ', '/sys/kernel/notes', '/dev/stdin', '/dev/null'];
  it.each([...kernel, '../environ', '../process/environ', '../../../../../../../../../../proc/self/environ'])(
    'refuse %s, whatever is listed',
    async (src) => {
      for (const folders of [[], ['/'], ['/proc', '/sys', '/dev']]) {
        await expect(resolve({ src }, { folders })).rejects.toMatchObject({
          code: 'refused-secret',
          message: expect.stringContaining('which is what the kernel shows of processes and devices'),
        });
      }
    },
  );

  it.each<[what: string, folder: () => string]>([
    ['by its absolute path', () => join(root, 'outside')],
    ['relative to the workspace', () => '../outside/'],
    ['by a link to it', () => 'folder-link'],
    ['as the file itself', () => join(root, 'outside/token')],
  ])('allow a file in a folder that is listed %s', async (_, folder) => {
    const limits = { folders: [folder(), '/no/such/folder'] };
    expect((await resolve({ src: '../link' }, limits))[0]).toMatchObject({ value: 'the token in outside/token\n' });
    await expect(resolve({ src: '../../outside-2/token' }, limits)).rejects.toMatchObject({ code: 'refused-secret' });
  });

  it('allow files in the home folder if it is listed', async () => {
    await expect(resolve({ src: '~/no-such-file' }, { folders: ['~'] })).rejects.toMatchObject({
      code: 'missing-secret',
      hint: `looked for it at ${join(homedir(), 'no-such-file')}`,
    });
  });

  it('do not wait for a pipe, and allow a hard link', async () => {
    await expect(resolve({ src: '../pipe' })).rejects.toMatchObject({ message: expect.stringContaining('not a file') });
    linkSync(join(workspace, 'tools/token'), join(workspace, 'hard'));
    expect((await resolve({ src: '../hard' }))[0]!.value).toBe('the token in workspace/tools/token\n');
  });

  it.each<[string, Partial<SecretLimits>]>([
    ['anywhere', {}],
    ['where nx.json lists it', { variables: new Set(['HUB_PASSWORD']) }],
  ])('reject a password of a registry %s, set or not', async (_, limits) => {
    for (const secret of [{ env: 'HUB_PASSWORD' }, { env: 'HUB_PASSWORD', src: 'token' }]) {
      await expect(resolve(secret, limits)).rejects.toMatchObject({
        code: 'refused-secret',
        message: expect.stringContaining('HUB_PASSWORD, which holds a password of a registry (`pwd` in services/'),
      });
    }
  });

  it('allow only listed variables, if there is a list', async () => {
    expect((await resolve({ env: 'PIP_TOKEN' }))[0]!.value).toBe('the pip token');
    expect((await resolve({ env: 'PIP_TOKEN' }, { variables: new Set(['PIP_TOKEN']) }))[0]!.value).toBe(
      'the pip token',
    );
    await expect(resolve({ env: 'PIP_TOKEN' }, { variables: new Set(['PIP']) })).rejects.toMatchObject({
      code: 'refused-secret',
      message:
        'the build secret "x" may not be the environment variable PIP_TOKEN in CI, since nx.json does not list it',
      hint: expect.stringContaining('"buildSecrets": { "env": ["PIP_TOKEN"] }'),
    });
  });

  it('are checked without values', async () => {
    const check = (secret: Omit<BuildSecret, 'id'>, limits: Partial<SecretLimits> = {}) =>
      checkBuildSecrets([{ id: 'x', ...secret }], workspace, { workspace, folders: [], passwords, ...limits });
    await check({ env: 'NOT_SET' });
    await check({ src: 'nothing' });
    await check({ src: '~/.pypirc' }, { folders: ['~/.pypirc'] });
    await expect(check({ src: '~/.pypirc' })).rejects.toThrow('the build secret "x" may not be');
    await expect(check({ src: 'link' })).rejects.toThrow('the build secret "x" may not be');
    await expect(check({ env: 'HUB_PASSWORD' })).rejects.toThrow('the build secret "x" may not be');
    await expect(check({ env: 'A' }, { variables: new Set(['B']) })).rejects.toThrow('the build secret "x" may not be');
  });
});
