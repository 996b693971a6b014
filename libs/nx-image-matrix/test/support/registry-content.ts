import { registry } from './engine.ts';

interface Manifest {
  config?: { digest: string };
  manifests?: { digest: string; platform?: { os: string } }[];
}

/** The variables of an image in the stand's registry; `undefined` if it has none of that name. */
export async function pushedVariables(repository: string, reference: string): Promise<string[] | undefined> {
  const manifest = await getJson<Manifest>(`${repository}/manifests/${reference}`);
  if (!manifest) return undefined;
  const [inner] = manifest.manifests ?? [];
  if (inner) return pushedVariables(repository, inner.digest);
  const image = await getJson<{ config: { Env?: string[] } }>(`${repository}/blobs/${manifest.config!.digest}`);
  return (image?.config.Env ?? []).filter((entry) => !entry.startsWith('PATH=')).sort();
}

async function getJson<T>(path: string): Promise<T | undefined> {
  const accept = [
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
    'application/vnd.docker.distribution.manifest.v2+json',
  ].join(', ');
  const response = await fetch(`http://${registry}/v2/${path}`, { headers: { accept } });
  return response.ok ? ((await response.json()) as T) : undefined;
}
