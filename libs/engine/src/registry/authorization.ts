import { EngineError } from '../errors.ts';
import type { HttpRequest } from '../http/request.ts';
import { isObject } from '../unknown.ts';
import type { Credentials } from './run-memory.ts';
import type { Origin } from './origin.ts';
import { follow } from './redirects.ts';
import { isLoopback } from '@nx-image-matrix/manifest/reference';
import { responseError } from './response.ts';
import { transientFailure } from './transient.ts';

/** A permission that a token is for. */
export interface Access {
  /** `library/debian` */
  repository: string;
  write: boolean;
  /** Whether it is for deletions. */
  remove?: boolean;
}

/** How to reach a token server. */
export interface TokenTransport {
  signal: AbortSignal;
  routeTo: (url: URL) => HttpRequest['route'];
}

/**
 * The `Authorization` header for the challenge of a registry: Basic, or a Bearer token from the server that the
 * challenge names (https://distribution.github.io/distribution/spec/auth/token/). `undefined` if the challenge cannot
 * be answered. The challenge must come from the registry: one from another origin, such as the target of a redirect,
 * must not be trusted. A server that refuses all permissions together is asked for the first alone.
 *
 * @throws EngineError `unauthorized`, `registry-failed`
 */
export async function authorize(
  challenge: string,
  credentials: Credentials | undefined,
  { origin, access, transport }: { origin: Origin; access: readonly Access[]; transport: TokenTransport },
): Promise<string | undefined> {
  const bearer = /(?:^|,\s*)bearer\s(.*)$/i.exec(challenge)?.[1];
  if (bearer === undefined) return /(?:^|,\s*)basic\b/i.test(challenge) ? basic(credentials) : undefined;
  const { realm, service } = challengeParameters(bearer);
  if (!realm) return undefined;
  const url = tokenServer(realm, origin);
  const ask = (scopes: string[]) => fetchToken({ url, service, scopes }, credentials, transport);
  const scopes = access.map(scopeOf);
  try {
    return `Bearer ${await ask(scopes)}`;
  } catch (error) {
    const refused = error instanceof EngineError && error.status !== undefined && !transientFailure(error);
    if (!refused || scopes.length < 2) throw error;
    return `Bearer ${await ask(scopes.slice(0, 1))}`;
  }
}

/**
 * Passwords and tokens are sent over TLS, to the server that the registry names. They are sent over plain HTTP only if
 * the registry itself uses it, and only to its own host.
 */
function tokenServer(realm: string, origin: Origin): URL {
  const { registry, insecure } = origin;
  if (!URL.canParse(realm)) throw distrusted(registry, 'names a token server that is not an address');
  const url = new URL(realm);
  if (!/^https?:$/.test(url.protocol)) throw distrusted(registry, `names a token server at ${url.protocol}`);
  if (url.username || url.password) throw distrusted(registry, 'names a token server with a login in its address');
  if (url.protocol === 'https:') return url;
  const sameHost = url.hostname === origin.url.hostname || (isLoopback(registry) && isLoopback(url.host));
  if (origin.url.protocol === 'http:' && (sameHost || insecure.includes(url.host))) return url;
  throw distrusted(registry, `names the token server ${url.host}, which is on plain HTTP`);
}

function distrusted(registry: string, what: string): EngineError {
  return new EngineError('registry-failed', `${registry} ${what}; no login was sent there`, {
    hint: `check that ${registry} is the registry that you mean, and its configuration of token authentication`,
  });
}

/** Request only the scope needed here, whatever the challenge offers. */
function scopeOf({ repository, write, remove }: Access): string {
  return `repository:${repository}:${remove ? 'pull,delete' : write ? 'pull,push' : 'pull'}`;
}

interface TokenQuestion {
  url: URL;
  service?: string;
  scopes: string[];
}

/** 1 MB, as in containers/image. */
const longestToken = 1024 * 1024;

async function fetchToken(
  question: TokenQuestion,
  credentials: Credentials | undefined,
  { signal, routeTo }: TokenTransport,
): Promise<string> {
  const { host } = question.url;
  const asked = tokenRequest(question, credentials);
  const request = { ...asked, signal, limit: longestToken, route: routeTo(asked.url) };
  const answer = await follow(request, routeTo, { stay: true });
  if (answer.status !== 200) throw responseError(`${host} gave no token`, answer, { hint: 'check user and password' });
  const token = readToken(answer.body);
  if (!token) throw new EngineError('registry-failed', `${host} answered without a token`);
  return token;
}

/**
 * Several scopes are several parameters. An identity token is exchanged by POST, with a list of scopes
 * (https://distribution.github.io/distribution/spec/auth/oauth/).
 */
function tokenRequest(
  { url, service, scopes }: TokenQuestion,
  credentials: Credentials | undefined,
): Pick<HttpRequest, 'url' | 'method' | 'headers' | 'body'> {
  if (credentials && 'identityToken' in credentials) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'nx-image-matrix',
      refresh_token: credentials.identityToken,
      ...(service && { service }),
      scope: scopes.join(' '),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { url, method: 'POST', headers, body: Buffer.from(form.toString()) };
  }
  const asked = new URL(url);
  if (service) asked.searchParams.set('service', service);
  for (const scope of scopes) asked.searchParams.append('scope', scope);
  const authorization = basic(credentials);
  return { url: asked, method: 'GET', headers: authorization ? { authorization } : {} };
}

/** A token must be one word of visible characters to be valid in a header. */
function readToken(body: Buffer): string | undefined {
  try {
    const answer: unknown = JSON.parse(body.toString('utf8'));
    if (!isObject(answer)) return undefined;
    return [answer['token'], answer['access_token']].find(
      (token): token is string => typeof token === 'string' && /^[\x21-\x7e]+$/.test(token),
    );
  } catch {
    return undefined;
  }
}

/** The parameters of a challenge (RFC 9110, section 11.2); the first of two with the same name counts. */
function challengeParameters(challenge: string): Record<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, plain] of challenge.matchAll(/([a-z_]+)=(?:"([^"]*)"|([^\s,]+))/gi)) {
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted ?? plain ?? '');
  }
  return Object.fromEntries(parameters);
}

function basic(credentials: Credentials | undefined): string | undefined {
  if (!credentials || 'identityToken' in credentials) return undefined;
  return `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
}
