import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findCosign } from './cosign.ts';
import { publicKeyOf } from './public-key.ts';
import { signImage, type SignRequest } from './sign-image.ts';

/* A program of the same name stands for versions and failures of cosign that cannot be had here; `sign.engine.test.ts` has the real one. */

const reference = `r.example.com/app@sha256:${'0'.repeat(64)}`;
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cosign-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The environment with a `cosign` that runs this script. */
function withCosign(script: string): NodeJS.ProcessEnv {
  writeFileSync(join(folder, 'cosign'), `#!/bin/sh\necho "$*" >> ${folder}/calls\n${script}\n`);
  chmodSync(join(folder, 'cosign'), 0o755);
  return { PATH: `${folder}${delimiter}${process.env['PATH']}`, HOME: folder };
}
const calls = (): string[] =>
  existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : [];

describe('findCosign', () => {
  const help = (...flags: string[]) => withCosign(flags.map((flag) => `echo "    ${flag}=true:"`).join('\n'));

  it.each<[string, string[], boolean]>([
    ['2.5', ['--tlog-upload', '-y, --yes'], false],
    ['2.6', ['--tlog-upload', '--yes', '--signing-config', '--use-signing-config'], true],
    ['3, which does not list flags that it will lose', ['--yes', '--signing-config', '--use-signing-config'], true],
  ])('knows by its flags what cosign %s can do', async (_, flags, hasSigningConfig) => {
    expect(await findCosign(help(...flags))).toEqual({ hasSigningConfig });
  });

  it('does not take one that is too old, or none', async () => {
    const hint = expect.stringContaining('install cosign 2.0 or later');
    const old = findCosign(help('--yes', '--no-tlog-upload'));
    await expect(old).rejects.toMatchObject({ code: 'no-cosign', message: expect.stringContaining('too old'), hint });
    await expect(findCosign({ PATH: '/nowhere' })).rejects.toMatchObject({
      code: 'no-cosign',
      message: '`cosign` is not installed, and the manifest wants images to be signed',
      hint,
    });
    await expect(findCosign(withCosign('exit 1'))).rejects.toMatchObject({ code: 'no-cosign' });
  });
});

describe('signImage', () => {
  const notes: string[] = [];
  const request = (script: string, more: Partial<SignRequest> = {}): SignRequest => ({
    reference,
    key: { in: 'text', pem: 'x' },
    transparencyLog: true,
    plainHttp: false,
    configDir: folder,
    environment: withCosign(script),
    signal: new AbortController().signal,
    onNote: (line) => notes.push(line),
    ...more,
  });
  const cosign = { hasSigningConfig: false };

  it('tries again when the registry has trouble, and says so', async () => {
    await signImage(
      cosign,
      request(`[ -e ${folder}/again ] && exit 0\ntouch ${folder}/again\necho "Error: status code 503" >&2; exit 1`),
    );
    expect(calls()).toHaveLength(2);
    expect(notes).toEqual([expect.stringContaining('try 2 of 3')]);
  });

  it.each<[string, string, object]>([
    ['a refused login', 'PUT https://r.example.com/v2/: 401 Unauthorized', { code: 'unauthorized' }],
    ['anything else', 'no such thing', { code: 'sign-failed', message: `${reference} was not signed: no such thing` }],
    [
      'the log',
      'Post "https://rekor.sigstore.dev/api/v1/log/entries": no such host',
      { code: 'sign-failed', hint: expect.stringContaining('transparency_log: false') },
    ],
  ])('fails at once with %s', async (_, said, error) => {
    const script = `echo 'Error: ${said}' >&2; echo 'error during command execution: ${said}' >&2; exit 1`;
    await expect(signImage(cosign, request(script))).rejects.toMatchObject(error);
    expect(calls()).toHaveLength(1);
  });

  it('ends with the run, and leaves no process', async () => {
    const stop = new AbortController();
    const started = signImage(cosign, request(`touch ${folder}/started; exec sleep 600`, { signal: stop.signal }));
    const ended = started.catch((error: unknown) => error);
    while (!existsSync(join(folder, 'started'))) await new Promise((resolve) => void setTimeout(resolve, 10));
    stop.abort();
    expect(await ended).toMatchObject({ code: 'interrupted' });
  });
});

it('publicKeyOf fails if cosign says something else', async () => {
  const environment = { ...withCosign('echo hello'), COSIGN_PASSWORD: '' };
  const key = { in: 'service', uri: 'awskms:///alias/x' } as const;
  await expect(publicKeyOf(key, 'COSIGN_KEY', environment, new AbortController().signal)).rejects.toMatchObject({
    code: 'bad-key',
    message: 'cosign cannot use the key of COSIGN_KEY: hello',
    hint: expect.stringContaining('login of the key management service'),
  });
  expect(calls()).toEqual(['public-key --key awskms:///alias/x']);
});
