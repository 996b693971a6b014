import type { EngineImage } from '../engine.ts';
import { run } from '../process/run.ts';
import { familiarReference, normalizeReference, parseReference } from '../registry/reference.ts';
import { daemonError } from './probe.ts';
import { getJson } from './socket.ts';

/** An image as `docker image inspect` shows it, or as the Engine API lists it. */
interface DaemonImage {
  Id: string;
  RepoTags?: string[] | null;
  RepoDigests?: string[] | null;
  Config?: { Labels?: Record<string, string> | null } | null;
  Labels?: Record<string, string> | null;
  Size?: number;
  Os?: string;
  Architecture?: string;
}

interface Daemon {
  environment: NodeJS.ProcessEnv;
  containerdStore: boolean;
  /** Unix socket of the daemon, where there is one. */
  socket?: string;
}

/** Linux takes 2 MiB for all arguments with the environment, Go's HTTP server 1 MiB for a request line; this leaves room. */
const longestQuestion = 256 * 1024;
const timeout = 120_000;

/**
 * Asks docker for images by tag, in one question. The daemon's list is two to three times quicker than `docker image
 * inspect`, but has neither platform nor the same size, and can be asked only through a socket.
 */
export async function dockerImages(references: string[], daemon: Daemon): Promise<Map<string, EngineImage>> {
  const found = new Map<string, EngineImage>();
  for (const chunk of chunksByLength([...new Set(references)], longestQuestion)) {
    const images = (await listImages(chunk, daemon)) ?? (await inspectImages(chunk, daemon));
    for (const [reference, image] of images) found.set(reference, image);
  }
  return found;
}

/** Everything about images, platform included; one process. */
export async function inspectImages(references: string[], daemon: Daemon): Promise<Map<string, EngineImage>> {
  const args = ['image', 'inspect', ...references];
  const { exitCode, stdout, stderr } = await run('docker', args, { environment: daemon.environment, timeout });
  if (exitCode !== 0 && !onlyMissing(stderr)) throw daemonError(stderr);
  return matchImages(references, JSON.parse(stdout || '[]') as DaemonImage[], daemon.containerdStore);
}

async function listImages(references: string[], { socket, containerdStore }: Daemon) {
  if (!socket || references.some((reference) => !parseReference(reference).tag)) return undefined;
  const filters = JSON.stringify({ reference: references.map(familiarReference) });
  try {
    const listed = await getJson<DaemonImage[]>(socket, `/images/json?filters=${encodeURIComponent(filters)}`, timeout);
    // The list counts unpacked layers too, which `docker image inspect` does not.
    for (const image of listed) image.Size = undefined;
    // Docker 25 lists an image of several platforms once for each.
    const names = listed.flatMap((image) => image.RepoTags ?? []);
    return new Set(names).size === names.length ? matchImages(references, listed, containerdStore) : undefined;
  } catch {
    // The docker command knows more ways to the daemon, and says better what is wrong.
    return undefined;
  }
}

/** The exit code is 1 as soon as one image is missing; other failures have other words. */
export function onlyMissing(stderr: string): boolean {
  return stderr
    .split('\n')
    .filter((line) => line.trim() !== '')
    .every((line) => /no such image/i.test(line));
}

/** Finds the references among the daemon's images again, whose names it spells its own way. */
export function matchImages(references: string[], images: DaemonImage[], containerdStore: boolean) {
  const byName = new Map<string, DaemonImage>();
  for (const image of images) {
    byName.set(image.Id, image);
    for (const name of [...(image.RepoTags ?? []), ...(image.RepoDigests ?? [])]) {
      byName.set(normalizeReference(name), image);
    }
  }
  const found = new Map<string, EngineImage>();
  for (const reference of references) {
    const image = byName.get(reference) ?? byName.get(normalizeReference(reference));
    if (image) found.set(reference, toEngineImage(image, containerdStore));
  }
  return found;
}

function toEngineImage(image: DaemonImage, containerdStore: boolean): EngineImage {
  return {
    id: image.Id,
    // In containerd's store the ID is the digest of the manifest or index; elsewhere it is that of the configuration.
    digest: containerdStore ? image.Id : undefined,
    labels: image.Config?.Labels ?? image.Labels ?? {},
    size: image.Size,
    os: image.Os,
    architecture: image.Architecture,
  };
}

export function chunksByLength(texts: string[], longest: number): string[][] {
  const chunks: string[][] = [];
  let length = Infinity;
  for (const text of texts) {
    if (length + text.length + 1 > longest) {
      chunks.push([]);
      length = 0;
    }
    chunks.at(-1)?.push(text);
    length += text.length + 1;
  }
  return chunks;
}
