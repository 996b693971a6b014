import type { Credentials } from './credentials.ts';
import { isLoopback } from './reference.ts';
import { responseError } from './response.ts';

/**
 * The `Authorization` header that answers a registry's challenge: Basic, or a Bearer token from the server that the
 * challenge names (https://distribution.github.io/distribution/spec/auth/token/). Undefined when nothing can answer it.
 *
 * @throws EngineError `unauthorized`, `registry`
 */
export async function authorize(
  challenge: string,
  credentials: Credentials | undefined,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (/^basic\b/i.test(challenge)) return credentials && basic(credentials);
  if (!/^bearer\b/i.test(challenge)) return undefined;
  const { realm, service, scope } = challengeParameters(challenge);
  if (!realm || !URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  if (service) url.searchParams.set('service', service);
  for (const one of scope?.split(' ') ?? []) url.searchParams.append('scope', one);
  return `Bearer ${await fetchToken(url, credentials, signal)}`;
}

async function fetchToken(
  url: URL,
  credentials: Credentials | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  // A password never travels in the clear over a network.
  const safe = url.protocol === 'https:' || isLoopback(url.host);
  const headers: Record<string, string> = credentials && safe ? { authorization: basic(credentials) } : {};
  const response = await fetch(url, { headers, signal });
  if (!response.ok) throw await responseError(`${url.host} gave no token`, response, 'Check user and password.');
  const { token, access_token } = (await response.json()) as { token?: string; access_token?: string };
  return token ?? access_token ?? '';
}

export function challengeParameters(challenge: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [, name = '', quoted, plain] of challenge.matchAll(/([a-z_]+)=(?:"([^"]*)"|([^\s,]+))/gi)) {
    parameters[name.toLowerCase()] = quoted ?? plain ?? '';
  }
  return parameters;
}

function basic({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
