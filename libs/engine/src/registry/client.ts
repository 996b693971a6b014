import { EngineError } from '../errors.ts';
import { systemClock } from '../process/clock.ts';
import type { Credentials } from './run-memory.ts';
import { header } from '../http/request.ts';
import {
  configOf,
  createdIn,
  digestOf,
  imagesOf,
  isDigest,
  labelsIn,
  manifestTypes,
  platformIn,
  readManifest,
} from './manifest.ts';
import type { ImagePlatform, Manifest } from './manifest.ts';
import { parseReference, registryOf } from '@nx-image-matrix/manifest/reference';
import { transientFailure } from './transient.ts';
import { createTransport } from './transport.ts';
import type { RegistryRequest, RegistryResponse } from './exchange.ts';
import type { ClientOptions, Send } from './transport.ts';

/** A registry client over HTTP, without an engine. Every method throws `EngineError`. */
export interface RegistryClient {
  /**
   * The digest of the manifest or index of a reference (OCI distribution specification, "Pulling manifests");
   * `undefined` if there is none.
   */
  digest(reference: string): Promise<string | undefined>;
  /** The manifest or index of a reference; `undefined` if there is none. */
  manifest(reference: string): Promise<Manifest | undefined>;
  /** A label of an image, once per platform; `undefined` for platforms without it. */
  label(reference: string, manifest: Manifest, name: string): Promise<(string | undefined)[]>;
  /** All labels of an image, once per platform. */
  labels(reference: string, manifest: Manifest): Promise<Readonly<Record<string, string>>[]>;
  /** The configuration of an image, once per platform; a platform whose configuration is missing has nothing in it. */
  configurations(reference: string, manifest: Manifest): Promise<ImageConfiguration[]>;
  /** The content of a blob in the repository of a reference, for a short document; `undefined` if there is none. */
  blob(reference: string, digest: string): Promise<Buffer | undefined>;
  /** The platform of an image that is not an index. */
  platform(reference: string, manifest: Manifest): Promise<ImagePlatform>;
  /** Adds a reference to a manifest that is already in the repository, or whose content is. */
  put(reference: string, manifest: Manifest, refusal?: Partial<Refusal>): Promise<void>;
}

/** What a registry knows of how an image was built. */
export interface ImageConfiguration {
  labels: Readonly<Record<string, string>>;
  /** When it was built, in milliseconds since 1970. */
  created?: number;
}

/** How the error for a refusal reads. */
type Refusal = Pick<RegistryRequest, 'what' | 'fallback'>;

/** Uses plain HTTP for loopback registries, and for those that the options name. */
export function registryClient(options: ClientOptions = {}, ask: Send = createTransport(options)): RegistryClient {
  async function digest(reference: string): Promise<string | undefined> {
    try {
      const head = await ask({ ...manifestRequest(reference), method: 'HEAD' });
      if (!head) return undefined;
      const named = header(head.headers, 'docker-content-digest');
      if (named !== undefined && isDigest(named)) return named;
    } catch (error) {
      // Some registries, and proxies in front of them, do not support HEAD.
      if (!(error instanceof EngineError) || (error.status !== 405 && error.status !== 501)) throw error;
    }
    return (await manifest(reference))?.digest;
  }

  async function manifest(reference: string): Promise<Manifest | undefined> {
    const asked = parseReference(reference).digest;
    const check = ({ headers, body }: RegistryResponse): void => void readManifest(headers, body, asked);
    const answer = await ask({ ...manifestRequest(reference), check });
    return answer && readManifest(answer.headers, answer.body, asked);
  }

  async function label(reference: string, image: Manifest, name: string): Promise<(string | undefined)[]> {
    const all = await labels(reference, image);
    return all.map((found) => (Object.hasOwn(found, name) ? found[name] : undefined));
  }

  async function labels(reference: string, image: Manifest): Promise<Readonly<Record<string, string>>[]> {
    return (await configurations(reference, image)).map((found) => found.labels);
  }

  async function configurations(reference: string, image: Manifest): Promise<ImageConfiguration[]> {
    const config = configOf(image);
    if (config) return [await configurationAt(reference, config)];
    const all = imagesOf(image).map(async (platform) => {
      const one = await manifest(`${nameOf(reference)}@${platform}`);
      const found = one && configOf(one);
      return found ? configurationAt(reference, found) : { labels: {} };
    });
    return Promise.all(all);
  }

  async function blob(reference: string, wanted: string): Promise<Buffer | undefined> {
    const { registry, repository } = parseReference(reference);
    const answer = await ask({
      method: 'GET',
      registry,
      repository,
      path: `blobs/${wanted}`,
      what: `${registry} was asked for ${wanted} of ${reference}`,
      check: ({ body }) => void readManifest({}, body, wanted),
    });
    return answer?.body;
  }

  async function configurationAt(reference: string, config: string): Promise<ImageConfiguration> {
    const body = await blob(reference, config);
    if (!body) return { labels: {} };
    const created = createdIn(body);
    return {
      labels: labelsIn(body),
      ...(created !== undefined && { created }),
    };
  }

  async function readPlatform(reference: string, image: Manifest): Promise<ImagePlatform> {
    const config = configOf(image);
    const body = config === undefined ? undefined : await blob(reference, config);
    if (body) return platformIn(body);
    throw new EngineError('registry-failed', `${registryOf(reference)} has no configuration for ${reference}`);
  }

  async function put(reference: string, { mediaType, body }: Manifest, refusal: Partial<Refusal> = {}): Promise<void> {
    const wanted = digestOf(body);
    try {
      const what = `${reference} was not moved to ${wanted}`;
      const request = { ...manifestRequest(reference), headers: { 'content-type': mediaType }, body };
      await ask({ ...request, method: 'PUT', what, ...refusal });
    } catch (error) {
      // It may have succeeded, with only the answer lost.
      if (!transientFailure(error) || (await digest(reference).catch(() => undefined)) !== wanted) throw error;
    }
    const { sleep } = options.clock ?? systemClock;
    let found: string | undefined;
    // Some registries answer from a copy that is seconds old.
    for (const wait of [0, 500, 2_000]) {
      if (wait > 0) await sleep(wait);
      found = await digest(reference);
      if (found === wanted) return;
    }
    throw new EngineError(
      'registry-failed',
      `${reference} was moved to ${wanted}, but is ${found ?? 'not there'} afterwards`,
    );
  }

  return {
    digest,
    manifest,
    label,
    labels,
    configurations,
    blob,
    platform: readPlatform,
    put,
  };
}

/** Like `RegistryClient.digest`, for a single request. */
export async function manifestDigest(
  reference: string,
  auth?: Credentials,
  options: Omit<ClientOptions, 'credentials'> = {},
): Promise<string | undefined> {
  return registryClient({ ...options, credentials: async () => auth }).digest(reference);
}

function manifestRequest(reference: string): RegistryRequest {
  const { registry, repository, tag = 'latest', digest } = parseReference(reference);
  return {
    method: 'GET',
    registry,
    repository,
    path: `manifests/${digest ?? tag}`,
    headers: { accept: manifestTypes },
    what: `${registry} was asked for ${reference}`,
  };
}

function nameOf(reference: string): string {
  const { registry, repository } = parseReference(reference);
  return `${registry}/${repository}`;
}
