import { BlockList, isIP } from 'node:net';
import { EngineError } from '../errors.ts';
import { hide } from '../secrets/mask.ts';
import { isLoopback } from '@nx-image-matrix/manifest/reference';

/**
 * The proxy for a request, read from the environment like docker and podman do: `HTTPS_PROXY` or `HTTP_PROXY` by the
 * scheme, unless `NO_PROXY` names the host; lower case is used if upper case is not set. Never for loopback addresses
 * (https://pkg.go.dev/golang.org/x/net/http/httpproxy). Masks the password of the proxy in all output.
 *
 * @throws EngineError `unsupported` if the variable does not name an HTTP proxy
 */
export function proxyFor(url: URL, environment: NodeJS.ProcessEnv): URL | undefined {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = variable(environment, name);
  if (!value || isLoopback(url.hostname) || isExcepted(url, variable(environment, 'NO_PROXY'))) return undefined;
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy && /^https?:$/.test(proxy.protocol) && proxy.hostname) {
    if (proxy.password) hide(decoded(proxy.password));
    return proxy;
  }
  const found = proxy && proxy.protocol !== 'http:' ? `a ${proxy.protocol.slice(0, -1)} proxy` : 'not an address';
  throw new EngineError('unsupported', `the environment variable ${name} names ${found}`, {
    hint: `give it the address of an HTTP proxy, such as http://proxy.example.com:3128, or name ${url.host} in NO_PROXY`,
  });
}

/** The value of `Proxy-Authorization`, if the proxy's address has a user. */
export function proxyAuthorization({ username, password }: URL): string | undefined {
  if (!username && !password) return undefined;
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`;
}

function variable(environment: NodeJS.ProcessEnv, name: string): string {
  return (environment[name]?.trim() || environment[name.toLowerCase()]?.trim()) ?? '';
}

/**
 * A name matches itself and its subdomains, with a leading dot (or `*.`) only its subdomains; addresses may be
 * networks.
 */
function isExcepted(url: URL, exceptions: string): boolean {
  const host = bare(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return exceptions.split(/[,\s]+/).some((entry) => entry !== '' && matches(entry.toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isWithin(host, entry);
  const [, name = entry, wantedPort] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  if (wantedPort !== undefined && Number(wantedPort) !== Number(port)) return false;
  const wanted = bare(name).replace(/^\*(?=\.)/, '');
  if (isIP(host) !== 0) return isIP(wanted) !== 0 && isWithin(host, `${wanted}/${isIP(wanted) === 6 ? 128 : 32}`);
  if (wanted.startsWith('.')) return host.endsWith(wanted);
  return wanted !== '' && (host === wanted || host.endsWith(`.${wanted}`));
}

function isWithin(host: string, network: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  const version = isIP(bare(address));
  if (version === 0 || isIP(host) !== version || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (version === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(bare(address), Number(bits), version === 6 ? 'ipv6' : 'ipv4');
  return list.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

/** Without the brackets of an IPv6 address and the trailing dot of a fully qualified name. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
