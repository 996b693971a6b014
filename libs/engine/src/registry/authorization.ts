import type { Credentials } from './credentials.ts';
import { EngineError } from '../errors.ts';
import { isLoopback } from './reference.ts';
import { responseError } from './response.ts';

/** What answers a challenge, beside the login. */
export interface AuthorizationOptions {
  /** Hosts that may be sent a password in the clear, besides those of this machine. */
  insecure?: readonly string[];
  signal?: AbortSignal;
}

/**
 * The `Authorization` header that answers a registry's challenge: Basic, or a Bearer token from the server that the
 * challenge names (https://distribution.github.io/distribution/spec/auth/token/). Undefined when nothing can answer it.
 *
 * @throws EngineError `unauthorized`, `registry`
 */
export async function authorize(
  challenge: string,
  credentials: Credentials | undefined,
  options: AuthorizationOptions = {},
): Promise<string | undefined> {
  const bearer = /(?:^|,\s*)bearer\s(.*)$/i.exec(challenge)?.[1];
  if (bearer === undefined) return /(?:^|,\s*)basic\b/i.test(challenge) ? basic(credentials) : undefined;
  const { realm, service, scope } = challengeParameters(bearer);
  if (!realm || !URL.canParse(realm)) return undefined;
  return `Bearer ${await fetchToken({ url: new URL(realm), service, scope }, credentials, options)}`;
}

interface TokenQuestion {
  url: URL;
  service?: string;
  scope?: string;
}

async function fetchToken(
  question: TokenQuestion,
  credentials: Credentials | undefined,
  options: AuthorizationOptions,
): Promise<string> {
  const { url } = question;
  // A password never travels in the clear over a network, unless the user has said that it may.
  const safe = url.protocol === 'https:' || isLoopback(url.host) || options.insecure?.includes(url.host);
  const response = await fetch(...tokenRequest(question, safe ? credentials : undefined, options.signal));
  if (!response.ok) throw await responseError(`${url.host} gave no token`, response, 'Check user and password.');
  const { token, access_token } = (await response.json()) as { token?: string; access_token?: string };
  const found = token || access_token;
  if (!found) throw new EngineError('registry', `${url.host} answered without a token`);
  return found;
}

/** An identity token is traded in by POST (https://distribution.github.io/distribution/spec/auth/oauth/). */
function tokenRequest(
  { url, service, scope }: TokenQuestion,
  credentials: Credentials | undefined,
  signal: AbortSignal | undefined,
): [URL, RequestInit] {
  if (credentials && 'identityToken' in credentials) {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'nx-image-matrix',
      refresh_token: credentials.identityToken,
      ...(service && { service }),
      ...(scope && { scope }),
    });
    return [url, { method: 'POST', body, signal }];
  }
  const asked = new URL(url);
  if (service) asked.searchParams.set('service', service);
  for (const one of scope?.split(' ') ?? []) asked.searchParams.append('scope', one);
  const authorization = basic(credentials);
  return [asked, { headers: authorization ? { authorization } : {}, signal }];
}

export function challengeParameters(challenge: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [, name = '', quoted, plain] of challenge.matchAll(/([a-z_]+)=(?:"([^"]*)"|([^\s,]+))/gi)) {
    parameters[name.toLowerCase()] ??= quoted ?? plain ?? '';
  }
  return parameters;
}

function basic(credentials: Credentials | undefined): string | undefined {
  if (!credentials || 'identityToken' in credentials) return undefined;
  return `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
}
