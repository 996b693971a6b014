import { parseReference } from '@nx-image-matrix/manifest/reference';
import { EngineError } from '../errors.ts';
import { mapLimited } from '../process/map-limited.ts';
import type { Access } from './authorization.ts';
import { registryClient } from './client.ts';
import type { RegistryClient } from './client.ts';
import { copyBlob, refusal } from './copy-blob.ts';
import type { BlobCopy, CopySide } from './copy-blob.ts';
import { contentOf } from './manifest.ts';
import type { Content, Descriptor, Manifest } from './manifest.ts';
import { originOf } from './origin.ts';
import { pushPolicy } from './push.ts';
import { runMemory } from './reachability.ts';
import { markSide, onSide } from './side-failure.ts';
import type { SideName } from './side-failure.ts';
import { createTransport } from './transport.ts';
import type { ClientOptions } from './transport.ts';

export interface CopyOptions {
  source: ClientOptions;
  target: ClientOptions;
  /** Called with one line for each retry. */
  onNote?: (line: string) => void;
  signal?: AbortSignal;
}

/** Of one image, at once. */
const transfers = 4;
/** An image has two for each platform, with its attestations. */
const mostManifests = 256;
const mostBlobs = 2_000;

/**
 * Copies an image (`REPOSITORY@DIGEST`) to `REPOSITORY:TAG`, with all its platforms and attestations, byte for byte:
 * blobs are mounted if both are in one registry, otherwise streamed. What is there already is not sent again.
 *
 * @returns the digest in the target, which is that of the source
 * @throws EngineError `push-failed`, `unauthorized`, `not-found`, `registry-failed`, `interrupted`
 */
export async function copyImage(source: string, target: string, options: CopyOptions): Promise<string> {
  const job = openCopy(source, target, options);
  try {
    return await copy(source, target, job);
  } finally {
    job.stop();
  }
}

/**
 * Copies images (`REPOSITORY@DIGEST`) to the repository of a target, and gives the target the index that names them.
 *
 * @returns the digest of the index
 * @throws EngineError as {@link copyImage}
 */
export async function copyJoined(
  sources: readonly string[],
  index: Manifest,
  target: string,
  options: CopyOptions,
): Promise<string> {
  const { registry, repository } = parseReference(target);
  for (const source of sources) {
    await copyImage(source, `${registry}/${repository}@${parseReference(source).digest}`, options);
  }
  const [first = target] = sources;
  const job = openCopy(first, target, options);
  try {
    await job.to.client.put(target, index, refusal(job));
  } finally {
    job.stop();
  }
  return index.digest;
}

async function copy(source: string, target: string, job: Copy): Promise<string> {
  const { from, to } = job;
  const wanted = parseReference(source).digest;
  if (wanted !== undefined && (await to.client.digest(target)) === wanted) return wanted;
  const root = await from.client.manifest(source);
  if (!root) throw markSide('source', new EngineError('not-found', `${from.registry} does not have ${source}`));
  const { manifests, blobs } = await findMissing(root, job);
  await copyBlobs(blobs, job);
  for (const [digest, manifest] of manifests) {
    // The image itself gets its tag only.
    if (manifest !== root) await to.client.put(`${nameOf(to)}@${digest}`, manifest, refusal(job));
  }
  await to.client.put(target, root, refusal(job));
  return root.digest;
}

interface Side extends CopySide {
  client: RegistryClient;
}

interface Copy extends BlobCopy {
  from: Side;
  to: Side;
  /** Ends all requests of this copy. */
  stop(): void;
}

function openCopy(source: string, target: string, options: CopyOptions): Copy {
  const stop = new AbortController();
  const signals = [options.signal, options.source.signal, options.target.signal, stop.signal];
  const signal = AbortSignal.any(signals.filter((one) => one !== undefined));
  const settings = (own: ClientOptions): ClientOptions => ({
    ...own,
    signal,
    onNote: options.onNote ?? own.onNote,
    policy: { ...pushPolicy, ...own.policy },
  });
  const [read, write] = [settings(options.source), settings(options.target)];
  const [{ repository, ...there }, here] = [parseReference(source), parseReference(target)];
  const mounts = urlOf(there.registry, read) === urlOf(here.registry, write);
  const mayRead = mounts && repository !== here.repository ? [{ repository, write: false }] : [];
  return {
    from: openSide('source', source, read, [{ repository, write: false }]),
    to: openSide('target', target, write, [{ repository: here.repository, write: true }, ...mayRead]),
    mounts,
    // The size of a blob decides how long a try takes.
    memory: options.target.memory ?? runMemory(),
    policy: { ...pushPolicy, total: Infinity, longestAsked: pushPolicy.total, ...write.policy },
    onNote: options.onNote ?? write.onNote,
    clock: write.clock,
    signal,
    stop: () => stop.abort(),
  };
}

function urlOf(registry: string, { insecure }: ClientOptions): string {
  return originOf(registry, insecure).url.origin;
}

/** Every request asks for the same permissions, so that one token serves all. */
function openSide(side: SideName, reference: string, options: ClientOptions, access: Access[]): Side {
  const { registry, repository } = parseReference(reference);
  const send = createTransport(options);
  const transport: typeof send = (request) => onSide(side, () => send(request));
  return {
    reference,
    registry,
    repository,
    send: (request) => transport({ ...request, registry, repository, access }),
    client: registryClient(options, (request) => transport({ ...request, access })),
  };
}

function nameOf({ registry, repository }: CopySide): string {
  return `${registry}/${repository}`;
}

interface Missing {
  /** By digest, each after those that it names. */
  manifests: [digest: string, manifest: Manifest][];
  blobs: Descriptor[];
}

/** A registry that has a manifest has what it names. */
async function findMissing(root: Manifest, { from, to }: Copy): Promise<Missing> {
  const found = new Map<string, { manifest: Manifest; content: Content }>();
  const seen = new Set([root.digest]);
  const isThere = async (digest: string) => (await to.client.digest(`${nameOf(to)}@${digest}`)) !== undefined;
  let level: [string, Manifest][] = (await isThere(root.digest)) ? [] : [[root.digest, root]];
  while (level.length > 0) {
    const next: string[] = [];
    for (const [digest, manifest] of level) {
      const content = await onSide('source', async () => contentOf(manifest));
      found.set(digest, { manifest, content });
      next.push(...content.manifests.filter((child) => !seen.has(child)));
      for (const child of content.manifests) seen.add(child);
    }
    if (seen.size > mostManifests) throw tooMuch(from, `${mostManifests} manifests`);
    const fetched = await mapLimited([...new Set(next)], transfers, async (digest): Promise<[string, Manifest][]> => {
      if (await isThere(digest)) return [];
      return [[digest, await manifestOf(digest, from)]];
    });
    level = fetched.flat();
  }
  const blobs = new Map([...found.values()].flatMap(({ content }) => content.blobs.map((blob) => [blob.digest, blob])));
  if (blobs.size > mostBlobs) throw tooMuch(from, `${mostBlobs} layers`);
  return { manifests: childrenFirst(root.digest, found), blobs: [...blobs.values()] };
}

async function manifestOf(digest: string, from: Side): Promise<Manifest> {
  const manifest = await from.client.manifest(`${nameOf(from)}@${digest}`);
  if (manifest) return manifest;
  const message = `${from.registry} does not have ${digest} of ${from.reference}`;
  throw markSide('source', new EngineError('not-found', message));
}

function tooMuch({ registry, reference }: Side, what: string): EngineError {
  return markSide('source', new EngineError('registry-failed', `${registry} has more than ${what} for ${reference}`));
}

function childrenFirst(
  root: string,
  found: ReadonlyMap<string, { manifest: Manifest; content: Content }>,
): [string, Manifest][] {
  const ordered = new Map<string, Manifest>();
  const visit = (digest: string): void => {
    const entry = found.get(digest);
    if (!entry || ordered.has(digest)) return;
    for (const child of entry.content.manifests) visit(child);
    ordered.set(digest, entry.manifest);
  };
  visit(root);
  return [...ordered];
}

/** The first failure ends the other transfers. */
async function copyBlobs(blobs: Descriptor[], job: Copy): Promise<void> {
  let failure: { error: unknown } | undefined;
  await mapLimited(blobs, transfers, async (blob) => {
    if (failure) return;
    try {
      await copyBlob(blob, job);
    } catch (error) {
      failure ??= { error };
      job.stop();
    }
  });
  if (failure) throw failure.error;
}
