import { spawnSync } from 'node:child_process';

/** The registry of the stand, `host:port`; without a stand, a name that does not resolve. */
export const registry = process.env['STAND_REGISTRY'] ?? 'stand.invalid:5000';

/** Runs the docker client of the stand; returns its output, without the line end. */
export function docker(...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync('docker', args, { encoding: 'utf8' });
  if (error || /Cannot connect to the Docker daemon/.test(stderr)) {
    throw new Error(
      'These tests need a container engine: run "tools/stand/stand up", then eval "$(tools/stand/stand env)".',
    );
  }
  if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** A prefix for project names and references that no other test and no other run has. */
export function uniquePrefix(): string {
  return `t${process.pid.toString(36)}${Date.now().toString(36).slice(-5)}-`;
}

/** Removes every image whose repository begins with the prefix. */
export function removeImages(prefix: string): void {
  const references = docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}')
    .split('\n')
    .filter((reference) => reference.includes(prefix) && !reference.endsWith('<none>'));
  if (references.length > 0) docker('image', 'rm', '--force', ...references);
}

/** Digest of a tag in the stand's registry; `undefined` if it does not exist. */
export async function registryDigest(repository: string, tag: string): Promise<string | undefined> {
  const response = await fetch(`http://${registry}/v2/${repository}/manifests/${tag}`, {
    method: 'HEAD',
    headers: {
      accept:
        'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json',
    },
  });
  return response.headers.get('docker-content-digest') ?? undefined;
}
