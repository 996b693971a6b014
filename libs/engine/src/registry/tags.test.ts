import { EngineError } from '../errors.ts';
import type { Clock } from '../process/clock.ts';
import { loopbackServer, type Handler, type LoopbackServer } from '../testing/loopback.ts';
import { registryTags } from './tags.ts';

const clock: Clock = { now: () => 0, random: () => 0, sleep: async () => undefined };
const digest = `sha256:${'a'.repeat(64)}`;

let registry: LoopbackServer;
let stranger: LoopbackServer;

beforeEach(async () => {
  stranger = await loopbackServer((_, response) => response.end('{"token":"t","tags":["stolen"]}'));
  registry = await loopbackServer((_, response) => response.writeHead(404).end());
});
afterEach(() => {
  registry.close();
  stranger.close();
});

const tags = (tries = 1) =>
  registryTags({
    clock,
    credentials: async () => ({ user: 'me', password: 'hunter2hunter2' }),
    policy: { tries, request: 20_000 },
  });
const repository = (): string => `${registry.address}/acme/app`;
const list = (tries?: number): Promise<string[]> => tags(tries).list(repository());
const failure = async (result: Promise<unknown>): Promise<EngineError> =>
  result.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: EngineError) => error,
  );

/** Answers the pages in turn, each with a link to the next. */
function pages(all: unknown[][], link: (index: number) => string): Handler {
  return ({ url = '' }, response) => {
    const index = Number(new URL(url, 'http://x').searchParams.get('page') ?? 0);
    if (index + 1 < all.length) response.setHeader('link', link(index + 1));
    response.end(JSON.stringify({ name: 'acme/app', tags: all[index] }));
  };
}

describe('the tags of a repository', () => {
  it('are sorted, and asked for by a thousand', async () => {
    registry.handle = pages([['b', 'a', 'b']], () => '');
    expect(await list()).toEqual(['a', 'b']);
    expect(registry.asked).toEqual(['GET /v2/acme/app/tags/list?n=1000']);
  });

  it.each([
    ['of the path', (index: number) => `</v2/acme/app/tags/list?page=${index}>; rel="next"`],
    ['of an address', (index: number) => `<http://${registry.address}/v2/acme/app/tags/list?page=${index}>; rel=next`],
    ['of a wrong address', (index: number) => `<http://internal:5000/v2/acme/app/tags/list?page=${index}>; rel="next"`],
    ['among others', (index: number) => `</v2/>; rel="prev", <?page=${index}>; rel="next"`],
  ])('come from all pages, by links %s', async (_, link) => {
    registry.handle = pages([['a'], ['b', 'c'], ['d']], link);
    expect(await list()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are none in a repository that does not exist, or that has lost its last tag', async () => {
    expect(await list()).toEqual([]);
    registry.handle = (_, response) => response.end('{"name":"acme/app","tags":null}');
    expect(await list()).toEqual([]);
  });

  it('are never asked for elsewhere, and no login is sent there', async () => {
    registry.handle = (request, response, body) =>
      request.headers.authorization
        ? pages(
            [['a'], ['b']],
            (index) => `<http://${stranger.address}/v2/acme/app/tags/list?page=${index}>; rel="next"`,
          )(request, response, body)
        : response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    expect(await list()).toEqual(['a', 'b']);
    expect(stranger.asked).toEqual([]);
  });

  it.each([
    [
      'an endless list of the same page',
      () =>
        pages(
          Array.from({ length: 99 }, () => ['a']),
          (n) => `<?page=${n}>; rel="next"`,
        ),
      'without an end',
    ],
    [
      'an endless list of new tags',
      (): Handler => {
        let page = 0;
        return (_, response) => {
          page += 1;
          const found = Array.from({ length: 20_000 }, (__, index) => `t${page}-${index}`);
          response.writeHead(200, { link: `<?page=${page}>; rel="next"` }).end(JSON.stringify({ tags: found }));
        };
      },
      'has more than 50000 tags',
    ],
    ['a tag that is a path', () => pages([['../../other/manifests/1']], () => ''), 'something of'],
    ['a tag that is a number', () => pages([[5]], () => ''), 'something of'],
    ['no list', (): Handler => (_, response) => response.end('{"tags":{"length":3}}'), 'no list of tags'],
    ['no JSON', (): Handler => (_, response) => response.end('<html>'), 'no list of tags'],
    [
      'a next page that is no address',
      () => pages([['a'], ['b']], () => '<http://>; rel="next"'),
      'a next page that is none',
    ],
  ])('are an error with %s', async (_, handle, words) => {
    registry.handle = handle();
    expect(await failure(list())).toMatchObject({ code: 'registry-failed', message: expect.stringContaining(words) });
  });

  it('are asked for again after 429 and 500', async () => {
    const answers = [429, 500];
    registry.handle = (_, response) => {
      const status = answers.shift();
      if (status) response.writeHead(status, { 'retry-after': '1' }).end();
      else response.end('{"tags":["a"]}');
    };
    expect(await list(3)).toEqual(['a']);
    expect(registry.asked).toHaveLength(3);
  });
});

describe('a deletion', () => {
  const remove = (): Promise<boolean> => tags().remove(repository(), digest);

  it('is of a digest, and asks a token server for nothing but that', async () => {
    registry.handle = (request, response) =>
      request.headers.authorization
        ? response.writeHead(202).end()
        : response
            .writeHead(401, { 'www-authenticate': `Bearer realm="http://${stranger.address}/token",service="s"` })
            .end();
    expect(await remove()).toBe(true);
    expect(registry.asked.at(-1)).toBe(`DELETE /v2/acme/app/manifests/${digest} Bearer t`);
    expect(stranger.asked).toEqual([
      'GET /token?service=s&scope=repository%3Aacme%2Fapp%3Apull%2Cdelete me:hunter2hunter2',
    ]);
  });

  it('of an image that is gone already is done', async () => {
    expect(await remove()).toBe(false);
  });

  it.each([
    [405, '{"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}', 'unsupported'],
    [400, '{}', 'unsupported'],
    [501, '', 'unsupported'],
    [403, '{"errors":[{"code":"DENIED"}]}', 'unauthorized'],
    [401, '', 'unauthorized'],
  ])('that is refused with %i says what to do', async (status, body, code) => {
    registry.handle = (_, response) => response.writeHead(status).end(body);
    const error = await failure(remove());
    expect(error.code).toBe(code);
    expect(error.hint).toMatch(
      code === 'unsupported'
        ? /REGISTRY_STORAGE_DELETE_ENABLED=true/
        : /log in to .* with an account that may delete from the repository/,
    );
    expect(await failure(tags().checkRemoval(repository()))).toMatchObject({ code });
  });

  it.each([
    ['ghcr.io', /GitHub deletes images only in its own interface/],
    ['docker.io', /Docker Hub deletes tags only in its own interface/],
    ['registry.example.com', /allow deletions at registry\.example\.com/],
  ])('that %s refuses says what to do there', async (host, hint) => {
    const refused = registryTags({}, async ({ method }) => {
      throw new EngineError('push-failed', `${method} refused`, { status: 405 });
    });
    expect(await failure(refused.remove(`${host}/acme/app`, digest))).toMatchObject({
      code: 'unsupported',
      hint: expect.stringMatching(hint),
    });
  });

  it('that only is tried deletes what does not exist', async () => {
    await tags().checkRemoval(repository());
    expect(registry.asked).toEqual([`DELETE /v2/acme/app/manifests/sha256:${'0'.repeat(64)}`]);
  });

  it('follows no redirect to another host', async () => {
    registry.handle = (_, response) => response.writeHead(307, { location: `http://${stranger.address}/` }).end();
    expect((await failure(remove())).message).toContain(`redirects DELETE to ${stranger.address}`);
    expect(stranger.asked).toEqual([]);
  });
});
