import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';

/**
 * The trusted certificates for a registry, if the engine has any for it: the `*.crt` files in `certs.d/<host:port>` of
 * docker and podman (https://docs.docker.com/engine/security/certificates/), in addition to Node's. `undefined` if
 * there are none; then Node's own list applies.
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

/** Node 20 cannot list the certificates of `NODE_EXTRA_CA_CERTS`. */
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
