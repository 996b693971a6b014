import { parseReference } from '@nx-image-matrix/manifest/reference';
import { EngineError } from '../errors.ts';
import { header } from '../http/request.ts';
import { isObject } from '../unknown.ts';
import type { RegistryRequest } from './exchange.ts';
import { digestOf, isDigest, readManifest } from './manifest.ts';
import { targetOf } from './redirects.ts';
import type { ClientOptions, Send } from './transport.ts';
import { createTransport } from './transport.ts';

/** A manifest or blob, as others name it (OCI image specification, "Content Descriptors"). */
interface SubjectDescriptor {
  mediaType: string;
  digest: string;
  /** Bytes. */
  size: number;
}

/** A small content that says something about an image. */
interface Artifact {
  /** `application/vnd...` */
  type: string;
  /** Tells it from others of its type. */
  annotations: Readonly<Record<string, string>>;
  content: Buffer;
}

/** The artifacts of a repository that refer to its images. Every method throws `EngineError`. */
export interface Referrers {
  /** The content of an artifact that refers to an image and has these annotations; `undefined` if there is none. */
  find(
    repository: string,
    subject: string,
    wanted: Pick<Artifact, 'annotations' | 'type'>,
  ): Promise<Buffer | undefined>;
  /** Adds an artifact that refers to an image. */
  add(repository: string, subject: SubjectDescriptor, artifact: Artifact): Promise<void>;
}

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** OCI image specification, "Guidance for an Empty Descriptor". */
const EMPTY = { mediaType: 'application/vnd.oci.empty.v1+json', content: Buffer.from('{}') };
/** Bytes of an artifact that is read. */
const LARGEST = 4_000_000;
/** Artifacts of one image that are looked at. */
const MOST = 1_000;

interface Descriptor extends SubjectDescriptor {
  artifactType: string;
  annotations: Record<string, string>;
}

/**
 * OCI distribution specification 1.1, "Listing Referrers" and "Pushing Manifests with Subject". A registry without that
 * API gets a tag `sha256-<digest>` with the list, as the specification says.
 */
export function referrers(options: ClientOptions = {}, ask: Send = createTransport(options)): Referrers {
  function requestFor(repository: string, path: string, what: string): RegistryRequest {
    const { registry, repository: name } = parseReference(`${repository}:latest`);
    return { method: 'GET', registry, repository: name, path, what: `${registry} was asked for ${what}` };
  }

  async function list(repository: string, subject: string): Promise<{ entries: Descriptor[]; hasApi: boolean }> {
    const what = `what refers to ${subject}`;
    const accept = { headers: { accept: INDEX } };
    const answer = await orNothing(() =>
      ask({ ...requestFor(repository, `referrers/${subject}`, what), ...accept, once: true }),
    );
    if (answer) return { entries: entriesOf(answer.body), hasApi: true };
    const tagged = await ask({ ...requestFor(repository, `manifests/${tagOf(subject)}`, what), ...accept });
    return { entries: tagged ? entriesOf(tagged.body) : [], hasApi: false };
  }

  async function contentOf(repository: string, { digest }: SubjectDescriptor): Promise<Buffer | undefined> {
    const request = requestFor(repository, `manifests/${digest}`, digest);
    const manifest = await ask({ ...request, headers: { accept: MANIFEST } });
    if (!manifest) return undefined;
    const { body } = readManifest(manifest.headers, manifest.body, digest);
    const { layers }: { layers?: unknown } = parsed(body);
    const [layer]: unknown[] = Array.isArray(layers) ? layers : [];
    const blob = isObject(layer) ? layer['digest'] : undefined;
    if (!isDigest(blob) || !isObject(layer) || Number(layer['size']) > LARGEST) return undefined;
    const found = await ask(requestFor(repository, `blobs/${blob}`, blob));
    return found && digestOf(found.body, blob.slice(0, 6)) === blob ? found.body : undefined;
  }

  async function upload(repository: string, content: Buffer): Promise<SubjectDescriptor> {
    const digest = digestOf(content);
    const head = requestFor(repository, `blobs/${digest}`, digest);
    const found = await orNothing(() => ask({ ...head, method: 'HEAD', once: true }));
    if (!found) {
      const request = requestFor(repository, 'blobs/uploads/', `a place for ${digest}`);
      const started = await ask({ ...request, method: 'POST' });
      if (!started || header(started.headers, 'location') === undefined) {
        throw new EngineError('registry-failed', `${request.registry} does not say where to send ${digest}`);
      }
      const location = targetOf(started);
      location.search += `${location.search ? '&' : '?'}digest=${encodeURIComponent(digest)}`;
      const headers = { 'content-type': 'application/octet-stream' };
      await ask({ ...request, method: 'PUT', location, headers, body: content });
    }
    return { mediaType: 'application/octet-stream', digest, size: content.length };
  }

  async function put(repository: string, tag: string, mediaType: string, body: Buffer): Promise<boolean> {
    const request = requestFor(repository, `manifests/${tag}`, tag);
    const answer = await ask({ ...request, method: 'PUT', headers: { 'content-type': mediaType }, body });
    return answer !== undefined && header(answer.headers, 'oci-subject') !== undefined;
  }

  return {
    async find(repository, subject, { type, annotations }) {
      const { entries } = await list(repository, subject);
      const wanted = Object.entries(annotations);
      const entry = entries.findLast(
        (one) => one.artifactType === type && wanted.every(([name, value]) => one.annotations[name] === value),
      );
      return entry && contentOf(repository, entry);
    },

    async add(repository, subject, { type, annotations, content }) {
      const config = { ...(await upload(repository, EMPTY.content)), mediaType: EMPTY.mediaType };
      const layer = { ...(await upload(repository, content)), mediaType: type };
      const document = {
        schemaVersion: 2,
        mediaType: MANIFEST,
        artifactType: type,
        config,
        layers: [layer],
        subject,
        annotations,
      };
      const body = Buffer.from(JSON.stringify(document));
      const digest = digestOf(body);
      if (await put(repository, digest, MANIFEST, body)) return;
      const { entries } = await list(repository, subject.digest);
      const entry = { mediaType: MANIFEST, digest, size: body.length, artifactType: type, annotations };
      const manifests = [...entries.filter((one) => one.digest !== digest).slice(1 - MOST), entry];
      const index = { schemaVersion: 2, mediaType: INDEX, manifests };
      await put(repository, tagOf(subject.digest), INDEX, Buffer.from(JSON.stringify(index)));
    },
  };
}

/** A registry that does not know a path may answer with anything but 200. */
async function orNothing<T>(request: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if (error instanceof EngineError && error.status !== undefined && error.code !== 'unauthorized') return undefined;
    throw error;
  }
}

/** OCI distribution specification, "Referrers Tag Schema". */
function tagOf(digest: string): string {
  return digest.replace(':', '-').slice(0, 128);
}

/**
 * The digest of the image that a tag by its name belongs to: a list of referrers, or what cosign attaches (`.sig`, `.att`,
 * `.sbom`). `undefined` for other tags.
 */
export function subjectOf(tag: string): string | undefined {
  const [, algorithm, digits] = /^(sha256|sha512)-([0-9a-f]{64,128})(?:\.[a-z0-9]+)?$/.exec(tag) ?? [];
  return digits === undefined ? undefined : `${algorithm}:${digits}`;
}

function entriesOf(body: Buffer): Descriptor[] {
  const { manifests }: { manifests?: unknown } = parsed(body);
  return Array.isArray(manifests) ? manifests.slice(-MOST).flatMap((entry: unknown) => descriptorOf(entry) ?? []) : [];
}

function descriptorOf(entry: unknown): Descriptor | undefined {
  if (!isObject(entry)) return undefined;
  const { mediaType, digest, size, artifactType, annotations } = entry;
  if (!isDigest(digest) || typeof mediaType !== 'string') return undefined;
  const texts = Object.entries(isObject(annotations) ? annotations : {});
  return {
    mediaType,
    digest,
    size: Number(size),
    artifactType: typeof artifactType === 'string' ? artifactType : '',
    annotations: Object.fromEntries(texts.flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : []))),
  };
}

function parsed(body: Buffer): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(body.toString('utf8'));
    return isObject(document) ? document : {};
  } catch {
    return {};
  }
}
