import type { EngineError } from '../errors.ts';
import type { Clock } from '../process/clock.ts';
import { loopbackServer } from '../testing/loopback.ts';
import type { Handler, LoopbackServer } from '../testing/loopback.ts';
import { registryClient } from './client.ts';
import type { Credentials } from './run-memory.ts';
import { digestOf } from './manifest.ts';
import type { ClientOptions } from './transport.ts';

const password: Credentials = { user: 'me', password: 'hunter2hunter2' };
const identity: Credentials = { identityToken: 'identity-hunter2' };
const type = 'application/vnd.oci.image.manifest.v1+json';
const clock: Clock = { now: () => 0, random: () => 0, sleep: async () => undefined };

let registry: LoopbackServer;
let stranger: LoopbackServer;

beforeEach(async () => {
  stranger = await loopbackServer((_, response) => response.end('{"token":"stolen"}'));
  registry = await loopbackServer((_, response) => response.writeHead(404).end());
});

afterEach(() => {
  registry.close();
  stranger.close();
});

const client = (credentials: Credentials | undefined = password, options: ClientOptions = {}) =>
  registryClient({ clock, credentials: async () => credentials, policy: { tries: 1, request: 2_000 }, ...options });
const failure = async (result: Promise<unknown>): Promise<EngineError> =>
  result.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: EngineError) => error,
  );
const manifest = (): Promise<unknown> => client().manifest(`${registry.address}/x:1`);
const redirect =
  (location: string, status = 307): Handler =>
  (_, response) =>
    response.writeHead(status, { location }).end();
const challenge =
  (
    realm: string,
    then: Handler = (_, response) => response.writeHead(200, { 'content-type': type }).end('{}'),
  ): Handler =>
  (request, response, body) =>
    request.headers.authorization
      ? then(request, response, body)
      : response
          .writeHead(401, {
            'www-authenticate': `Bearer realm="${realm}",service="s",scope="repository:x:pull,push,delete registry:catalog:*"`,
          })
          .end();
const secrets = /hunter2/;

describe('a login', () => {
  it('is sent to the token server that the registry names, with the smallest scope', async () => {
    registry.handle = challenge(`http://${stranger.address}/token?account=a`);
    await manifest();
    expect(stranger.asked).toEqual(['GET /token?account=a&service=s&scope=repository%3Ax%3Apull me:hunter2hunter2']);
    expect(registry.asked.join()).toContain('Bearer stolen');
    await client()
      .put(`${registry.address}/y:1`, { digest: '', mediaType: type, body: Buffer.from('{}') })
      .catch(() => undefined);
    expect(stranger.asked[1]).toContain('scope=repository%3Ay%3Apull%2Cpush me:');
  });

  it.each([
    ['Bearer', () => `Bearer realm="http://${stranger.address}/token",service="s"`],
    ['Basic', () => 'Basic realm="x"'],
  ])('does not answer the %s challenge of the target of a redirect', async (_, words) => {
    registry.handle = redirect(`http://${stranger.address}/blob`);
    stranger.handle = (__, response) => response.writeHead(401, { 'www-authenticate': words() }).end();
    expect(await failure(manifest())).toMatchObject({
      code: 'unauthorized',
      message: `${registry.address} redirects to ${stranger.address}, which wants a login; none was sent there`,
    });
    expect(stranger.asked).toEqual(['GET /blob']);
  });

  it('does not follow a redirect of the registry after it was sent', async () => {
    registry.handle = (request, response, body) =>
      request.headers.authorization
        ? redirect(`http://${stranger.address}/blob`)(request, response, body)
        : response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    stranger.handle = (_, response) => response.end('{}');
    await manifest();
    expect(stranger.asked).toEqual(['GET /blob']);
  });

  it('does not return to the registry through another origin', async () => {
    registry.handle = (request, response, body) => {
      if (!request.headers.authorization && !request.url?.startsWith('/back')) {
        return void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      }
      if (request.url?.startsWith('/back')) return void response.end('{}');
      redirect(`http://${stranger.address}/hop`)(request, response, body);
    };
    stranger.handle = redirect(`http://${registry.address}/back`);
    await manifest();
    expect(registry.asked.at(-1)).toBe('GET /back');
  });

  it.each([
    ['an identity token', identity, 307],
    ['an identity token', identity, 308],
    ['an identity token', identity, 302],
    ['a password', password, 307],
    ['a password', password, 302],
  ])('does not follow a token server to another origin: %s, %s, %i', async (_, credentials, status) => {
    const thief = await loopbackServer((__, response) => response.end('{"token":"t"}'));
    stranger.handle = redirect(`http://${thief.address}/steal`, status);
    registry.handle = challenge(`http://${stranger.address}/token`);
    const error = await failure(client(credentials).manifest(`${registry.address}/x:1`));
    expect(error.message).toContain(`redirects ${'identityToken' in credentials ? 'POST' : 'GET'} to ${thief.address}`);
    expect(thief.asked).toEqual([]);
    expect(JSON.stringify(error) + error.stack).not.toMatch(secrets);
    thief.close();
  });

  it('follows a token server on its own origin', async () => {
    stranger.handle = (request, response, body) =>
      request.url?.startsWith('/token') ? redirect('/other')(request, response, body) : response.end('{"token":"t"}');
    registry.handle = challenge(`http://${stranger.address}/token`);
    await client(identity).manifest(`${registry.address}/x:1`);
    expect(stranger.asked.at(-1)).toMatch(/^POST \/other .*refresh_token=identity-hunter2/);
  });

  it.each([
    ['http://token.example.com/token', 'which is on plain HTTP'],
    ['http://127.0.0.1.example.com/token', 'which is on plain HTTP'],
    ['http://localhost.example.com/token', 'which is on plain HTTP'],
    ['http://localhost@token.example.com/', 'a login in its address'],
    ['https://me:pw@token.example.com/', 'a login in its address'],
    ['file:///etc/passwd', 'at file:'],
    ['data:application/json,{}', 'at data:'],
    ['javascript:alert(1)', 'at javascript:'],
    ['not an address', 'not an address'],
  ])('is not sent to the token server %s', async (realm, words) => {
    registry.handle = challenge(realm);
    const error = await failure(manifest());
    expect(error.message).toContain(words);
    expect(error.message).toContain('no login was sent there');
  });

  it('is not used if the challenge names no token server', async () => {
    registry.handle = (_, response) => response.writeHead(401, { 'www-authenticate': 'Bearer service="s"' }).end();
    expect(await failure(manifest())).toMatchObject({ code: 'unauthorized', status: 401 });
    expect(registry.asked).toEqual(['GET /v2/x/manifests/1']);
  });
});

describe('a redirect', () => {
  it.each([
    ['in a circle', () => redirect('/v2/x/manifests/1'), 'redirects more than 5 times'],
    ['to a file', () => redirect('file:///etc/passwd'), 'redirects to file:'],
    ['with a login', () => redirect(`http://me:pw@${stranger.address}/`), 'a login in it'],
    ['to nothing', () => redirect('http://'), 'not an address'],
  ])('%s is an error', async (_, handle, words) => {
    registry.handle = handle();
    expect((await failure(manifest())).message).toContain(words);
    expect(registry.asked.length).toBeLessThanOrEqual(6);
  });

  it('sends a manifest to no other origin, and does not drop it', async () => {
    const put = (): Promise<void> =>
      client().put(`${registry.address}/x:1`, { digest: '', mediaType: type, body: Buffer.from('{}') });
    registry.handle = redirect(`http://${stranger.address}/`);
    expect((await failure(put())).message).toContain(`redirects PUT to ${stranger.address}`);
    registry.handle = redirect('/elsewhere', 302);
    expect((await failure(put())).message).toContain('answers 302 to PUT');
    expect(stranger.asked).toEqual([]);
  });
});

describe('an answer', () => {
  const endless: Handler = (_, response) => {
    const chunk = Buffer.alloc(64 * 1024, 'a');
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    response.writeHead(200, { 'content-type': 'application/json' });
    more();
  };

  it.each([
    ['a manifest without end', endless, 'longer than 4096 kB'],
    [
      'a manifest that claims to be huge',
      (_, response) => response.writeHead(200, { 'content-length': '99999999999' }).write('{'),
      'longer than 4096 kB',
    ],
    [
      'headers without end',
      (_, response) => response.writeHead(200, { x: 'a'.repeat(200_000) }).end(),
      'headers without end',
    ],
    ['a drip', (_, response) => void setInterval(() => response.write('a'), 50).unref(), 'no answer within 2 s'],
    [
      'less than it claims',
      (_, response) => response.writeHead(200, { 'content-length': '10' }).write('{}', () => response.destroy()),
      'cannot be reached',
    ],
  ] as [string, Handler, string][])('of %s is given up', async (_, handle, words) => {
    registry.handle = handle;
    expect((await failure(manifest())).message).toContain(words);
  });

  it('with an endless token is given up', async () => {
    registry.handle = challenge(`http://${stranger.address}/token`);
    stranger.handle = endless;
    expect((await failure(manifest())).message).toContain('longer than 1024 kB');
  });

  it.each([500, 403])('of %i without end is read only as far as it is shown', async (status) => {
    registry.handle = (request, response, body) => {
      const { writeHead } = response;
      response.writeHead = () => writeHead.call(response, status);
      endless(request, response, body);
    };
    const error = await failure(manifest());
    expect(error.status).toBe(status);
    expect(error.output!.length).toBeLessThanOrEqual(2_000);
  });

  it.each([
    ['{"token":""}'],
    ['{"token":5}'],
    ['{"token":"a\\r\\nx-evil: 1"}'],
    ['{"token":"with space"}'],
    ['null'],
    ['[]'],
    ['<html>'],
    [''],
  ])('of the token server that is %s is not a token', async (text) => {
    registry.handle = challenge(`http://${stranger.address}/token`);
    stranger.handle = (_, response) => response.end(text);
    expect((await failure(manifest())).message).toContain('answered without a token');
  });

  it('shows neither terminal sequences nor a token', async () => {
    registry.handle = challenge(`http://${stranger.address}/token`, (request, response) =>
      response.writeHead(403).end(
        JSON.stringify({
          errors: [
            {
              code: '\u001b[2JDENIED',
              message: `\u001b]0;title\u0007a\u202eb\r\n::set-output name=x::${request.headers.authorization}`,
              detail: { deep: ['x'] },
            },
          ],
        }),
      ),
    );
    stranger.handle = (_, response) => response.end('{"token":"s3cret-token"}');
    const error = await failure(manifest());
    expect(error.message).toBe(
      `${registry.address} was asked for ${registry.address}/x:1: 403 Forbidden (DENIED: a b ::set-output name=x::Bearer ***)`,
    );
    // oxlint-disable-next-line no-control-regex
    expect(`${error.message}${error.hint}${error.output}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]|s3cret/);
  });

  it.each([
    ['no JSON', 'nothing'],
    ['an array', '[1]'],
    ['errors that are none', '{"errors":{"0":1}}'],
    ['an error that is none', '{"errors":[null]}'],
    ['a code that is none', '{"errors":[{"code":{"a":1},"message":[1]}]}'],
  ])('with %s as its reason is reported by status', async (_, body) => {
    registry.handle = (__, response) => response.writeHead(400).end(body);
    expect((await failure(manifest())).message).toMatch(/400 Bad Request$/);
  });
});

describe('a manifest', () => {
  const serve = (text: string, headers: Record<string, string> = {}): void => {
    registry.handle = (_, response) => response.writeHead(200, { 'content-type': type, ...headers }).end(text);
  };

  it.each(['\u001b[2J', 'sha256:short', 'sha256:../../x', `sha256:${'a'.repeat(64)}, sha256:${'b'.repeat(64)}`])(
    'that a registry names %j is named by its bytes',
    async (named) => {
      serve('{}', { 'docker-content-digest': Buffer.from(named).toString('latin1').replace('\u001b', '?') });
      expect(await client().digest(`${registry.address}/x:1`)).toBe(digestOf(Buffer.from('{}')));
    },
  );

  it('that does not match its digest is rejected', async () => {
    serve('{}', { 'docker-content-digest': `sha256:${'0'.repeat(64)}` });
    expect((await failure(manifest())).message).toContain('but names it sha256:000');
  });

  it.each([405, 501])('is asked for by GET where HEAD is answered with %i', async (status) => {
    registry.handle = (request, response) =>
      request.method === 'HEAD'
        ? response.writeHead(status).end()
        : response.writeHead(200, { 'content-type': type }).end('{}');
    // Nothing is hostile here, so a busy machine may take its time.
    const patient = client(undefined, { policy: { tries: 1, request: 20_000 } });
    expect(await patient.digest(`${registry.address}/x:1`)).toBe(digestOf(Buffer.from('{}')));
    expect(registry.asked.map((line) => line.split(' ')[0])).toEqual(['HEAD', 'GET']);
  });

  it.each([
    ['a configuration elsewhere', '{"config":{"digest":"../../../../secret"}}', 'a digest that is none'],
    ['a configuration that is a number', '{"config":{"digest":5}}', 'a digest that is none'],
    ['no map', '[]', 'not a manifest'],
    ['no JSON', '<html>', 'not a manifest'],
    ['no list of images', '{"manifests":{"length":3}}', 'not a manifest'],
    ['an image without a digest', '{"manifests":[null,{}]}', 'a digest that is none'],
    [
      'thousands of images',
      `{"manifests":[${Array.from({ length: 5_000 }, () => '{}').join()}]}`,
      'an index of 5000 images',
    ],
    ['nesting without end', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'not a manifest'],
  ])('with %s has no label', async (_, text, words) => {
    serve(text);
    const found = { digest: '', mediaType: type, body: Buffer.from(text) };
    expect((await failure(client().label(`${registry.address}/x:1`, found, 'id'))).message).toContain(words);
    expect(registry.asked).toEqual([]);
  });

  it.each([
    '{}',
    '{"config":null}',
    '{"config":{"Labels":[]}}',
    '{"config":{"Labels":{"id":{}}}}',
    '{"config":{"Labels":{}}}',
  ])('whose configuration is %s has no label of that name, or of an object method', async (configuration) => {
    serve(configuration);
    const body = Buffer.from(JSON.stringify({ config: { digest: digestOf(Buffer.from(configuration)) } }));
    for (const name of ['id', 'constructor', '__proto__']) {
      expect(await client().label(`${registry.address}/x:1`, { digest: '', mediaType: type, body }, name)).toEqual([
        undefined,
      ]);
    }
  });
});
