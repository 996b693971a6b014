import { registryError } from './failure.ts';
import { retryAfter, retryAfterHeader, transientFailure } from './transient.ts';

const reference = 'registry.example.com/team/denied-500:401';
const fail = (...lines: string[]) =>
  registryError(`${reference} was not pushed`, reference, lines, { fallback: 'push-failed' });

describe('registryError', () => {
  it.each([
    ['received unexpected HTTP status: 500 Internal Server Error'],
    ['unexpected status from PUT request to http://127.0.0.1:5000/v2/x/blobs/uploads/1: 503 Service Unavailable'],
    ['toomanyrequests: You have reached your pull rate limit.'],
    ['error parsing HTTP 429 response body'],
    ['read tcp 10.0.0.1:4000->10.0.0.2:443: read: connection reset by peer'],
    ['write: broken pipe'],
    ['Get "https://registry.example.com/v2/": net/http: TLS handshake timeout'],
    ['Put "http://127.0.0.1:5000/v2/": EOF'],
    ['dial tcp 127.0.0.1:5000: connect: connection refused'],
    ['lookup registry.example.com: Temporary failure in name resolution'],
    ['unexpected status from PUT request to http://127.0.0.1:5000/v2/x/manifests/1.0: 400 Bad Request'],
    ['manifest blob unknown: blob unknown to registry'],
    ['Put "http://x/": net/http: HTTP/1.x transport connection broken: malformed MIME header: missing colon: "Loca"'],
    ['Put "http://x/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "HTT"'],
    ['writing blob: initiating layer upload: received unexpected HTTP status: 502 Bad Gateway'],
  ])('may pass: %s', (line) => {
    const error = fail('The push refers to repository', line);
    expect(transientFailure(error)).toBeDefined();
    expect(error).toMatchObject({ code: 'push-failed', hint: expect.any(String) });
  });

  it.each([
    ['unauthorized', 'no basic auth credentials'],
    [
      'unauthorized',
      'push access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials',
    ],
    ['unauthorized', 'unauthorized: authentication required'],
    ['unauthorized', 'denied: requested access to the resource is denied'],
    ['unauthorized', 'unexpected status from HEAD request to http://x/: 403 Forbidden'],
    ['unauthorized', 'failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized'],
    ['not-found', 'An image does not exist locally with the tag: x'],
    ['not-found', 'tag does not exist: x'],
    ['not-found', 'name unknown: The repository does not exist in the registry'],
    ['not-found', 'unexpected status: 404 Not Found'],
    ['not-found', 'dial tcp: lookup registry.example.com: no such host'],
    ['push-failed', 'http: server gave HTTP response to HTTPS client'],
    ['push-failed', 'tls: failed to verify certificate: x509: certificate signed by unknown authority'],
    ['push-failed', 'something nobody has seen yet'],
  ])('is %s for good: %s', (code, line) => {
    const error = fail(line);
    expect(error.code).toBe(code);
    expect(transientFailure(error)).toBeUndefined();
  });

  it('includes the reference and the last output', () => {
    expect(fail('Preparing', 'denied: no', '')).toMatchObject({
      message: `${reference} was not pushed: denied: no`,
      output: 'Preparing\ndenied: no',
    });
  });

  it('ignores the words in a reference', () => {
    expect(fail(`${reference}: something nobody has seen yet`)).toMatchObject({ code: 'push-failed' });
    expect(fail(`registry.example.com/team/denied-500: EOF`)).toMatchObject({ code: 'push-failed' });
    expect(fail('Put "https://registry.example.com/v2/team/denied-500/manifests/401": EOF').code).toBe('push-failed');
    const mount = 'https://registry.example.com/v2/team/denied-500/blobs/uploads/?mount=sha256:a&from=team/forbidden';
    expect(fail(`Post "${mount}": EOF`).code).toBe('push-failed');
  });
});

it.each([
  ['toomanyrequests: retry-after: 30s', 30_000],
  ['Retry-After: 5', 5_000],
  ['too many requests, retry in 2s', 2_000],
  ['toomanyrequests: retry-after: 643.457µs, allowed: 44000/minute', 1],
  ['retry-after: 250ms', 250],
  ['retry in 1m30s', 90_000],
  ['retryAfter: 2.5s', 2_500],
  ['Retry-After: -5', undefined],
  ['Retry-After: soon', undefined],
  ['toomanyrequests', undefined],
])('retryAfter(%j) is %s', (text, milliseconds) => {
  expect(retryAfter(text)).toBe(milliseconds);
});

it.each([
  ['120', 120_000],
  ['Wed, 21 Oct 2015 07:28:00 GMT', 10_000],
  ['Wednesday, 21-Oct-15 07:28:00 GMT', 10_000],
  ['Wed Oct 21 07:28:00 2015', 10_000],
  ['Wed, 21 Oct 2015 07:27:00 GMT', 0],
  ['Wed, 99 Oct 2015 07:27:00 GMT', undefined],
  [' 41 ', 41_000],
  ['0', 0],
  ['9'.repeat(400), Infinity],
  ['-5', undefined],
  ['1.5', undefined],
  ['2015', 2_015_000],
  ['soon', undefined],
  ['soon 5', undefined],
  ['', undefined],
  [null, undefined],
])('retryAfterHeader(%j) is %s', (value, milliseconds) => {
  expect(retryAfterHeader(value, Date.parse('2015-10-21T07:27:50Z'))).toBe(milliseconds);
});
