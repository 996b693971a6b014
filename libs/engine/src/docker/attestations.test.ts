import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildRequest } from '../engine.ts';
import { requestFor } from '../testing/stand.ts';
import { attestationFlags, provenanceEnvironment } from './attestations.ts';

const facts = { provenance: true, containerdStore: true };
const generator = 'ghcr.io/acme/scan:1';

describe('the flags of a build', () => {
  it.each<[string, BuildRequest['attestations'], string[]]>([
    ['nothing', undefined, ['--provenance=false']],
    ['provenance', { provenance: 'max' }, ['--provenance=mode=max']],
    ['an SBOM alone', { sbom: {} }, ['--provenance=false', '--attest', 'type=sbom']],
    [
      'both, with a generator',
      { provenance: 'min', sbom: { generator } },
      ['--provenance=mode=min', '--attest', `type=sbom,generator=${generator}`],
    ],
  ])('attest %s', (_, attestations, expected) => {
    expect(attestationFlags({ attestations, tags: ['app:1'] }, facts)).toEqual(expected);
  });

  it('give a generator no way to be two fields', () => {
    const attestations = { sbom: { generator: 'x,src=/etc/passwd' } };
    expect(attestationFlags({ attestations, tags: ['app:1'] }, facts)[2]).toBe(
      'type=sbom,"generator=x,src=/etc/passwd"',
    );
  });

  it.each([
    ['an image store that keeps none', { provenance: true, containerdStore: false }, /keeps none in the image store/],
    ['an old buildx', { provenance: false, containerdStore: true }, /this version of buildx makes none/],
  ])('are refused with %s', (_, without, message) => {
    const attest = () => attestationFlags({ attestations: { sbom: {} }, tags: ['app:1'] }, without);
    expect(attest).toThrow(message);
    expect(attest).toThrow(
      expect.objectContaining({ code: 'no-attestations', hint: expect.stringContaining('IMAGE_ATTESTATIONS=false') }),
    );
  });

  it('do not need an image store for what goes to a repository', () => {
    const target = { repository: 'ghcr.io/acme/staging', plainHttp: false };
    const flags = attestationFlags(
      { attestations: { provenance: 'min' }, tags: ['a:1'], target },
      { ...facts, containerdStore: false },
    );
    expect(flags).toEqual(['--provenance=mode=min']);
  });
});

describe('provenance', () => {
  function repository(...remotes: string[]): string {
    const root = mkdtempSync(join(tmpdir(), 'provenance-'));
    const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { stdio: 'ignore' });
    git('init', '--quiet');
    for (const [index, address] of remotes.entries()) git('remote', 'add', `remote${index}`, address);
    return root;
  }
  async function environmentFor(context: string, environment: NodeJS.ProcessEnv = {}) {
    const lines: string[] = [];
    const request = requestFor(context, ['app:1'], {
      attestations: { provenance: 'max' },
      onLine: (line) => lines.push(line),
    });
    const own = { PATH: process.env['PATH'], HOME: context, ...environment };
    return { found: await provenanceEnvironment(request, own), own, lines };
  }

  it.each([
    [],
    ['https://github.com/acme/app.git'],
    ['git@github.com:acme/app.git', 'ssh://git@git.example.com:2222/acme/app'],
    ['https://ci-token:a1-b2_c3@gitlab.example.com/acme/app.git'],
    ['https://me:p%40ss@git.example.com/acme/app'],
  ])('names the git remotes %j', async (...remotes) => {
    const { found, own, lines } = await environmentFor(repository(...remotes));
    expect([found, lines]).toEqual([own, []]);
  });

  it.each([
    ['a password that is no part of a URL', 'https://me:pa%ss@git.example.com/acme/app'],
    ['a query', 'https://git.example.com/acme/app?private_token=hidden'],
    ['a fragment', 'https://git.example.com/acme/app#hidden'],
    ['two signs @', 'https://me:hid@den@git.example.com/app'],
    ['a folder', '/home/me/app'],
    ['a file', 'file:///home/me/app'],
    ['a folder of a drive', 'C:/Users/me/app'],
    ['a helper', 'ext::sh -c hidden'],
  ])('does not name a git remote with %s, and says so without it', async (_, address) => {
    const { found, own, lines } = await environmentFor(repository('https://github.com/acme/app', address));
    expect(found).toEqual({ ...own, BUILDX_GIT_INFO: 'false' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(address);
  });

  it('sees what git makes of an address', async () => {
    const context = repository('acme:app');
    execFileSync('git', ['-C', context, 'config', 'url.https://git.example.com/?t=hidden&r=.insteadOf', 'acme:']);
    expect((await environmentFor(context)).found).toHaveProperty('BUILDX_GIT_INFO');
  });

  it.each([
    ['no repository', {}],
    ['no git', { PATH: '/nothing' }],
  ])('is made with %s', async (_, environment) => {
    const context = mkdtempSync(join(tmpdir(), 'no-repository-'));
    const { found, own } = await environmentFor(context, environment);
    expect(found).toEqual(own);
  });

  describe('with a proxy in the configuration of docker', () => {
    function withProxy(httpProxy: string): string {
      const context = mkdtempSync(join(tmpdir(), 'proxy-'));
      mkdirSync(join(context, '.docker'));
      writeFileSync(join(context, '.docker/config.json'), JSON.stringify({ proxies: { default: { httpProxy } } }));
      return context;
    }

    it.each(['http://proxy.example.com:3128', 'proxy.example.com:3128'])('is made if that is %s', async (proxy) => {
      await expect(environmentFor(withProxy(proxy))).resolves.toBeDefined();
    });

    it.each([
      'http://me:hidden@proxy.example.com',
      'me:hidden@proxy.example.com',
      'http://me:hid/den@proxy.example.com',
    ])('is refused if it would have its password: %s', async (proxy) => {
      const error: unknown = await environmentFor(withProxy(proxy)).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'no-attestations', hint: expect.stringContaining('provenance: min') });
      expect(String(error)).not.toContain('hid');
    });

    it('is made without build arguments', async () => {
      const context = withProxy('http://me:hidden@proxy.example.com');
      const request = requestFor(context, ['app:1'], { attestations: { provenance: 'min' } });
      const own = { PATH: process.env['PATH'], HOME: context };
      await expect(provenanceEnvironment(request, own)).resolves.toEqual(own);
    });
  });
});
