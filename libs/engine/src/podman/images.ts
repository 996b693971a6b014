import { mapLimited } from '../process/map-limited.ts';
import type { EngineImage } from '../engine.ts';
import { EngineError } from '../errors.ts';
import { run } from '../process/run.ts';
import { storageName } from './names.ts';
import type { Tool } from './tool.ts';

/** The fields used from `podman images --format json`; older versions name them differently. */
interface PodmanImage {
  Id: string;
  Names?: string[] | null;
  RepoTags?: string[] | null;
  Labels?: Record<string, string> | null;
  Size?: number;
}

interface BuildahImage {
  id: string;
  names?: string[] | null;
}

/** The fields used from `buildah inspect --type image`. */
interface BuildahInspection {
  FromImageID: string;
  OCIv1?: { os?: string; architecture?: string; config?: { Labels?: Record<string, string> | null } };
}

/** Lists the whole storage in one process, which is faster than asking for many names. */
export async function podmanImages(
  references: string[],
  environment: NodeJS.ProcessEnv,
): Promise<Map<string, EngineImage>> {
  const listed = await askJson<PodmanImage[]>('podman', ['images', '--no-trunc', '--format', 'json'], environment);
  const byName = new Map<string, PodmanImage>();
  for (const image of listed ?? []) {
    for (const name of [...(image.Names ?? []), ...(image.RepoTags ?? [])]) byName.set(name, image);
  }
  const found = new Map<string, EngineImage>();
  for (const reference of references) {
    const image = byName.get(storageName(reference));
    if (image) found.set(reference, { id: withAlgorithm(image.Id), labels: image.Labels ?? {}, size: image.Size });
  }
  return found;
}

/** buildah's list has no labels, so each existing image is inspected. */
export async function buildahImages(
  references: string[],
  environment: NodeJS.ProcessEnv,
): Promise<Map<string, EngineImage>> {
  const listed = await askJson<BuildahImage[]>('buildah', ['images', '--no-trunc', '--json'], environment);
  const names = new Set(listed?.flatMap((image) => image.names ?? []));
  const existing = references.filter((reference) => names.has(storageName(reference)));
  const images = await mapLimited(existing, 4, (reference) => inspect(reference, environment));
  return new Map(existing.flatMap((reference, index) => (images[index] ? [[reference, images[index]]] : [])));
}

async function inspect(reference: string, environment: NodeJS.ProcessEnv): Promise<EngineImage> {
  const args = ['inspect', '--type', 'image', storageName(reference)];
  const { FromImageID, OCIv1 } = await askJson<BuildahInspection>('buildah', args, environment);
  return {
    id: withAlgorithm(FromImageID),
    labels: OCIv1?.config?.Labels ?? {},
    os: OCIv1?.os,
    architecture: OCIv1?.architecture,
  };
}

async function askJson<T>(tool: Tool, args: string[], environment: NodeJS.ProcessEnv): Promise<T> {
  const { exitCode, stdout, stderr } = await run(tool, args, { environment, timeout: 120_000 });
  if (exitCode === 0) return JSON.parse(stdout) as T;
  throw new EngineError('daemon-failed', `${tool} does not answer for its images`, {
    hint: `see what \`${tool} info\` says`,
    output: stderr.trim(),
  });
}

/** IDs in docker's spelling, to compare with recorded ones. */
function withAlgorithm(id: string): string {
  return id.includes(':') ? id : `sha256:${id}`;
}
