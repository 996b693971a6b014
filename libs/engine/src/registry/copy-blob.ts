import { createHash } from 'node:crypto';
import { EngineError } from '../errors.ts';
import { header } from '../http/request.ts';
import type { Clock } from '../process/clock.ts';
import { retry, retryNote, withTries } from '../process/retry.ts';
import type { RetryPolicy } from '../process/retry.ts';
import type { Descriptor } from './manifest.ts';
import type { RunMemory } from './run-memory.ts';
import { targetOf } from './redirects.ts';
import { markSide } from './side-failure.ts';
import { markTransient, transientFailure } from './transient.ts';
import type { RegistryRequest, RegistryResponse } from './exchange.ts';

/** The repository that is read, or the one that is written to. */
export interface CopySide {
  /** The image, for messages. */
  reference: string;
  registry: string;
  repository: string;
  send(request: Omit<RegistryRequest, 'registry' | 'repository'>): Promise<RegistryResponse | undefined>;
}

export interface BlobCopy {
  from: CopySide;
  to: CopySide;
  /** Whether the target can take blobs of the source without their being sent; `false` once it has refused. */
  mounts: boolean;
  /** What the run has copied already. */
  memory: Pick<RunMemory, 'blobs'>;
  policy: RetryPolicy;
  onNote?: (line: string) => void;
  clock?: Clock;
  signal: AbortSignal;
}

/**
 * Has a blob in the target: it is there, or is mounted, or is sent (OCI distribution specification, "Pushing blobs").
 * Images of one run share layers; each is sent once.
 *
 * @throws EngineError `push-failed`, `unauthorized`, `not-found`, `registry-failed`, `interrupted`
 */
export async function copyBlob(blob: Descriptor, copy: BlobCopy): Promise<void> {
  const { to, signal } = copy;
  const { blobs } = copy.memory;
  const name = `${to.registry}/${to.repository}@${blob.digest}`;
  const running = blobs.get(name);
  // What ends the copy of another image does not end this one.
  if (running && (await succeeds(running, signal))) return;
  const own = bringBlob(blob, copy);
  const shared = own.catch((error: unknown) => {
    if (blobs.get(name) === shared) blobs.delete(name);
    throw error;
  });
  blobs.set(name, shared);
  await shared;
}

/** Whether a task succeeds before the signal aborts. */
function succeeds(task: Promise<void>, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = (): void => resolve(false);
    signal.addEventListener('abort', stop, { once: true });
    task.then(() => resolve(true), stop).finally(() => signal.removeEventListener('abort', stop));
  });
}

async function bringBlob(blob: Descriptor, copy: BlobCopy): Promise<void> {
  if (await isThere(blob, copy)) return;
  let upload = copy.mounts ? await mount(blob, copy) : undefined;
  if (upload === 'mounted') return;
  let tries = 0;
  const { policy, clock, signal, onNote } = copy;
  await retry(
    async () => {
      tries += 1;
      // It may have succeeded, with only the answer lost.
      if (tries > 1 && (await isThere(blob, copy, { once: true }))) return;
      const location = upload instanceof URL ? upload : await startUpload(copy);
      upload = undefined;
      await stream(blob, location, copy);
    },
    {
      policy,
      transient: transientFailure,
      clock,
      signal,
      onRetry: (...retried) => onNote?.(retryNote(policy, ...retried)),
      giveUp: withTries,
    },
  );
}

async function isThere({ digest }: Descriptor, { to }: BlobCopy, { once = false } = {}): Promise<boolean> {
  try {
    const what = `${to.registry} was asked for ${digest} of ${to.reference}`;
    return (await to.send({ method: 'HEAD', path: `blobs/${digest}`, once, what })) !== undefined;
  } catch (error) {
    // Some registries do not support HEAD here, or redirect it to a store that does not.
    if (error instanceof EngineError && [403, 405, 501].includes(error.status ?? 0)) return false;
    throw error;
  }
}

/** The address of an upload if the registry starts one instead; `undefined` if it refuses. */
async function mount({ digest }: Descriptor, copy: BlobCopy): Promise<'mounted' | URL | undefined> {
  const { from, to } = copy;
  const query = new URLSearchParams({ mount: digest, from: from.repository });
  try {
    const answer = await to.send({ method: 'POST', path: `blobs/uploads/?${query}`, ...refusal(copy) });
    if (answer?.status === 201) return 'mounted';
    return answer && locationOf(answer);
  } catch (error) {
    const refused = error instanceof EngineError && error.status !== undefined && !transientFailure(error);
    if (!refused) throw error;
    copy.mounts = false;
    return undefined;
  }
}

async function startUpload(copy: BlobCopy): Promise<URL> {
  const answer = await copy.to.send({ method: 'POST', path: 'blobs/uploads/', once: true, ...refusal(copy) });
  const location = answer && locationOf(answer);
  if (location) return location;
  throw new EngineError('push-failed', `${refusal(copy).what}: the registry does not say where to send a layer`);
}

function locationOf(answer: RegistryResponse): URL | undefined {
  return header(answer.headers, 'location') === undefined ? undefined : targetOf(answer);
}

/** How the errors of the target read. */
export function refusal({ to }: BlobCopy): Pick<RegistryRequest, 'what' | 'fallback'> {
  return { what: `${to.reference} was not pushed`, fallback: 'push-failed' };
}

/** Sends what arrives, and keeps nothing. */
async function stream(blob: Descriptor, upload: URL, copy: BlobCopy): Promise<void> {
  const { from, to } = copy;
  const { digest, size } = blob;
  const location = withDigest(upload, digest);
  const sent = { whole: false };
  const found = await from.send({
    method: 'GET',
    path: `blobs/${digest}`,
    once: true,
    what: `${from.registry} was asked for ${digest} of ${from.reference}`,
    receive: async (content) => {
      await to.send({
        method: 'PUT',
        path: 'blobs/uploads/',
        location,
        headers: { 'content-type': 'application/octet-stream' },
        body: { length: size, content: ofSource(verified(content, blob, from.registry, sent)) },
        once: true,
        ...refusal(copy),
      });
      if (!sent.whole) throw markSide('target', broken(`${to.registry} answered before it had all of ${digest}`));
    },
  });
  if (found) return;
  const message = `${from.registry} does not have ${digest} of ${from.reference}`;
  throw markSide('source', new EngineError('not-found', message));
}

/** The rest of the address stays byte for byte: it may be signed. */
function withDigest(upload: URL, digest: string): URL {
  const location = new URL(upload);
  location.search += `${location.search ? '&' : '?'}digest=${encodeURIComponent(digest)}`;
  return location;
}

/** What fails while the content is made is not a failure of the request that sends it. */
async function* ofSource(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* content;
  } catch (error) {
    throw markSide('source', error);
  }
}

/** Passes the content on, the end of it only if all of it is what its digest says. */
async function* verified(
  content: AsyncIterable<Buffer>,
  { digest, size }: Descriptor,
  registry: string,
  sent: { whole: boolean },
): AsyncGenerator<Buffer> {
  const hash = createHash(digest.slice(0, 6));
  let length = 0;
  let last: Buffer | undefined;
  for await (const part of content) {
    length += part.length;
    if (length > size) throw broken(`${registry} sends more than the ${size} bytes of ${digest}`);
    hash.update(part);
    if (last) yield last;
    last = part;
  }
  if (length < size) throw broken(`${registry} sends ${length} of the ${size} bytes of ${digest}`);
  if (!digest.endsWith(hash.digest('hex'))) throw broken(`${registry} sends other content than ${digest}`);
  sent.whole = true;
  if (last) yield last;
}

function broken(message: string): EngineError {
  return markTransient(new EngineError('registry-failed', message));
}
