import { masked } from '../secrets/mask.ts';
import { proxyAuthorization, proxyFor } from './proxy.ts';

const secure = 'https://reg.corp.example/v2/';
const proxied = (url: string, environment: NodeJS.ProcessEnv) => proxyFor(new URL(url), environment)?.href;

describe('proxyFor', () => {
  it.each<[string, NodeJS.ProcessEnv, string | undefined]>([
    [secure, { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    [secure, { https_proxy: 'http://p:3128' }, 'http://p:3128/'],
    [secure, { HTTPS_PROXY: 'http://p:1', https_proxy: 'http://q:2' }, 'http://p:1/'],
    [secure, { HTTPS_PROXY: '', https_proxy: 'http://q:2' }, 'http://q:2/'],
    [secure, { HTTPS_PROXY: 'p.corp:3128' }, 'http://p.corp:3128/'],
    [secure, { HTTPS_PROXY: 'https://p.corp' }, 'https://p.corp/'],
    [secure, { HTTP_PROXY: 'http://p:3128' }, undefined],
    ['http://reg.corp.example/v2/', { HTTP_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    ['http://reg.corp.example/v2/', { HTTPS_PROXY: 'http://p:3128' }, undefined],
    [secure, {}, undefined],
  ])('%s with %j goes through %s', (url, environment, proxy) => {
    expect(proxied(url, environment)).toBe(proxy);
  });

  it.each(['http://127.0.0.1:5000/', 'http://localhost:5000/', 'http://[::1]:5000/', 'https://localhost/'])(
    'never goes through a proxy to %s on this machine',
    (url) => expect(proxied(url, { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://p:1' })).toBeUndefined(),
  );

  it.each([
    ['*', secure, true],
    ['corp.example', secure, true],
    ['.corp.example', secure, true],
    ['*.corp.example', secure, true],
    ['CORP.example', secure, true],
    ['corp.example.', secure, true],
    ['a.example, reg.corp.example', secure, true],
    ['a.example reg.corp.example', secure, true],
    ['reg.corp.example:443', secure, true],
    ['reg.corp.example:5000', secure, false],
    ['reg.corp.example:5000', 'https://reg.corp.example:5000/', true],
    ['.corp.example', 'https://corp.example/', false],
    ['corp.example', 'https://evilcorp.example/', false],
    ['example.com', 'https://corp.example/', false],
    ['10.0.0.0/8', 'https://10.1.2.3/', true],
    ['10.0.0.0/8', 'https://11.1.2.3/', false],
    ['10.0.0.0/8', 'https://10.evil.example/', false],
    ['10.1.2.3', 'https://10.1.2.3:5000/', true],
    ['10.1.2.3:5000', 'https://10.1.2.3:5000/', true],
    ['10.1.2.3:5001', 'https://10.1.2.3:5000/', false],
    ['fd00::/8', 'https://[fd00::1]:5000/', true],
    ['[fd00::1]:5000', 'https://[fd00::1]:5000/', true],
    ['fd00::1', 'https://[fd00::1]/', true],
    ['10.0.0.0/99', 'https://10.1.2.3/', false],
    ['10.0.0.0/', 'https://10.1.2.3/', false],
    ['nonsense/8', secure, false],
    ['', secure, false],
    [',,', secure, false],
  ])('NO_PROXY=%s excepts %s: %s', (exceptions, url, excepted) => {
    for (const name of ['NO_PROXY', 'no_proxy']) {
      expect(proxied(url, { HTTPS_PROXY: 'http://p:1', [name]: exceptions }) === undefined).toBe(excepted);
    }
  });

  it.each([
    ['socks5://p:1080', 'names a socks5: proxy'],
    ['http://', 'names not an address'],
    ['http://user:hunter2hunter2@:::', 'names not an address'],
  ])('rejects HTTPS_PROXY=%s, without showing its password', (value, words) => {
    let message = '';
    try {
      proxyFor(new URL(secure), { HTTPS_PROXY: value });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(words.replace('socks5:', 'socks5'));
    expect(message).not.toContain('hunter2');
  });

  it('hides the password of a proxy, and sends it as Basic', () => {
    const proxy = proxyFor(new URL(secure), { HTTPS_PROXY: 'http://me:p%40ss%3Aword@p:1' })!;
    expect(proxyAuthorization(proxy)).toBe(`Basic ${Buffer.from('me:p@ss:word').toString('base64')}`);
    expect(masked('it was p@ss:word')).toBe('it was ***');
    expect(proxyAuthorization(new URL('http://p:1'))).toBeUndefined();
  });
});
