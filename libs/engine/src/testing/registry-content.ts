import { createHash } from 'node:crypto';

/** A blob or a manifest, as others name it. */
export interface Stored {
  mediaType: string;
  digest: string;
  size: number;
}

const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';
const configType = 'application/vnd.oci.image.config.v1+json';
export const imageType = 'application/vnd.oci.image.manifest.v1+json';
export const indexType = 'application/vnd.oci.image.index.v1+json';

/** Puts a blob into a repository (`127.0.0.1:5000/app`) by HTTP. */
export async function putBlob(repository: string, content: string, mediaType = layerType): Promise<Stored> {
  const stored = describe(content, mediaType);
  const start = await fetch(urlOf(repository, 'blobs/uploads/'), { method: 'POST' });
  const location = new URL(start.headers.get('location') ?? '', start.url);
  location.searchParams.set('digest', stored.digest);
  await expectCreated(await fetch(location, { method: 'PUT', body: content }));
  return stored;
}

/** Puts a manifest or index under a tag, or under its digest. */
export async function putManifest(repository: string, content: object, tag?: string): Promise<Stored> {
  const mediaType = 'manifests' in content ? indexType : imageType;
  // Not as another program would write it again.
  const body = JSON.stringify({ schemaVersion: 2, mediaType, ...content }, undefined, 3);
  const stored = describe(body, mediaType);
  const url = urlOf(repository, `manifests/${tag ?? stored.digest}`);
  await expectCreated(await fetch(url, { method: 'PUT', body, headers: { 'content-type': mediaType } }));
  return stored;
}

/** Puts an image with these layers. */
export async function putImage(repository: string, layers: string[], tag?: string): Promise<Stored> {
  const config = await putBlob(repository, JSON.stringify({ layers }), configType);
  const blobs = await Promise.all(layers.map((layer) => putBlob(repository, layer)));
  return putManifest(repository, { config, layers: blobs }, tag);
}

/** The bytes of a manifest. */
export async function getManifest(repository: string, name: string): Promise<string> {
  const headers = { accept: [imageType, indexType].join(', ') };
  const answer = await fetch(urlOf(repository, `manifests/${name}`), { headers });
  return answer.status === 200 ? answer.text() : '';
}

export async function getBlob(repository: string, digest: string): Promise<string> {
  const answer = await fetch(urlOf(repository, `blobs/${digest}`));
  return answer.status === 200 ? answer.text() : '';
}

function describe(content: string, mediaType: string): Stored {
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  return { mediaType, digest, size: Buffer.byteLength(content) };
}

function urlOf(repository: string, path: string): string {
  return `http://${repository.replace('/', '/v2/')}/${path}`;
}

async function expectCreated(answer: Response): Promise<void> {
  if (answer.status !== 201) throw new Error(`the registry answers ${answer.status}: ${await answer.text()}`);
}
