import { EngineError } from '../errors.ts';
import { header, request } from '../http/request.ts';
import type { HttpAnswer, HttpRequest } from '../http/request.ts';

/** Most redirects to follow for one request. */
const most = 5;

export interface Followed extends HttpAnswer {
  /** Whether the answer, and each redirect on the way, came from the original origin. */
  own: boolean;
}

/**
 * Sends a request and follows its redirects. Logins and bodies never reach another origin, and never leave TLS (RFC
 * 9110, section 15.4). With `stay`, which is always set for a request that changes something, a redirect to another
 * origin is an error; so are 301 to 303, which would drop the body. A body that is made while it is sent cannot be sent
 * again.
 *
 * @throws EngineError `registry-failed`
 */
export async function follow(
  asked: HttpRequest,
  routeTo: (url: URL) => HttpRequest['route'],
  { stay = !/^(?:GET|HEAD)$/.test(asked.method) } = {},
): Promise<Followed> {
  let current = asked;
  let own = true;
  for (let count = 0; ; count++) {
    const answer = await request(current);
    if (!isRedirect(answer)) return { ...answer, own };
    if (count === most) throw refused(asked.url, `redirects more than ${most} times`);
    const target = targetOf(answer);
    own &&= target.origin === asked.url.origin;
    if (stay && !own) throw refused(asked.url, `redirects ${asked.method} to ${target.host}`);
    if (!mayRepeat(asked, answer)) throw refused(asked.url, `answers ${answer.status} to ${asked.method}`);
    current = { ...asked, url: target, route: routeTo(target), headers: own ? asked.headers : withoutLogin(asked) };
  }
}

function withoutLogin({ headers = {} }: HttpRequest): Record<string, string> {
  const { authorization: _, ...others } = headers;
  return others;
}

function mayRepeat({ body }: HttpRequest, { status }: HttpAnswer): boolean {
  return !body || (Buffer.isBuffer(body) && status >= 307);
}

function isRedirect({ status, headers }: HttpAnswer): boolean {
  return [301, 302, 303, 307, 308].includes(status) && headers.location !== undefined;
}

/**
 * The address in the `Location` of an answer. It never leaves TLS, and has no login in it.
 *
 * @throws EngineError `registry-failed`
 */
export function targetOf(answer: Pick<HttpAnswer, 'url' | 'headers'>): URL {
  const { url } = answer;
  const location = header(answer.headers, 'location') ?? '';
  if (!URL.canParse(location, url.href)) throw refused(url, 'redirects to something that is not an address');
  const target = new URL(location, url);
  if (!/^https?:$/.test(target.protocol)) throw refused(url, `redirects to ${target.protocol}`);
  if (target.username || target.password) throw refused(url, 'redirects to an address with a login in it');
  if (url.protocol === 'https:' && target.protocol === 'http:') {
    throw refused(url, `redirects to plain HTTP at ${target.host}`);
  }
  return target;
}

function refused({ host }: URL, what: string): EngineError {
  return new EngineError('registry-failed', `${host} ${what}; it was not followed`, {
    hint: `check the address of the registry, and the reverse proxy in front of ${host}`,
  });
}
