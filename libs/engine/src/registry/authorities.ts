import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';

/**
 * The certificates that a registry's own may be signed with, where the engine has some for it: the `*.crt` files in
 * `certs.d/<host:port>` of docker and podman (https://docs.docker.com/engine/security/certificates/), beside those that
 * Node trusts. Undefined where there are none, and then Node's own list counts.
 */
export function authoritiesFor(registry: string, environment: NodeJS.ProcessEnv): string[] | undefined {
  if (!/^[\w.:[\]-]+$/.test(registry) || /^\.+$/.test(registry)) return undefined;
  const own = certificateFolders(environment).flatMap((folder) => certificatesIn(join(folder, registry)));
  return own.length === 0 ? undefined : [...trusted(environment), ...own];
}

function certificateFolders(environment: NodeJS.ProcessEnv): string[] {
  const home = environment['HOME'] || homedir();
  return [
    '/etc/docker/certs.d',
    join(home, '.config', 'docker', 'certs.d'),
    '/etc/containers/certs.d',
    join(home, '.config', 'containers', 'certs.d'),
  ];
}

function certificatesIn(folder: string): string[] {
  try {
    if (!existsSync(folder)) return [];
    const names = readdirSync(folder).filter((name) => name.endsWith('.crt'));
    return names.flatMap((name) => readCertificate(join(folder, name)));
  } catch {
    return [];
  }
}

/** Node 20 cannot tell which certificates it has from `NODE_EXTRA_CA_CERTS`. */
function trusted(environment: NodeJS.ProcessEnv): string[] {
  const extra = environment['NODE_EXTRA_CA_CERTS'];
  return [...tls.rootCertificates, ...(extra ? readCertificate(extra) : [])];
}

function readCertificate(path: string): string[] {
  try {
    const text = readFileSync(path, 'utf8');
    return text.includes('-----BEGIN CERTIFICATE-----') ? [text] : [];
  } catch {
    return [];
  }
}
