import { isObject } from '@nx-image-matrix/engine/unknown';
import type { Image } from '@nx-image-matrix/manifest';
import { EPOCH_ARGUMENT } from '@nx-image-matrix/manifest/epoch';
import { isPredefined } from '../build-plan/predefined-arguments.ts';
import type { ImageDocument } from '../types.ts';
import { setOf } from './set-of.ts';

/** The owner of a folder, and the files written to it. */
type Origin = Pick<ImageDocument, 'files' | 'folder' | 'manifest'>;

/** The document of one image, given the arguments that its rendered Dockerfile declares. */
export function imageDocument(
  image: Image,
  declaredArgs: readonly string[],
  unversioned: boolean,
  { manifest, folder, files }: Origin,
): ImageDocument {
  return {
    package: image.package,
    releaseType: image.releaseType,
    distro: image.distro.name,
    distroVersion: image.distro.version,
    cuda: image.cuda ?? null,
    args: pickDeclared(buildArguments(image), declaredArgs),
    from: image.from,
    baseImage: image.baseImage,
    tags: image.tags,
    floatingTags: image.floatingTags,
    reference: image.reference,
    platforms: image.platforms,
    labels: image.labels,
    repositories: image.push ? image.repositories : [],
    ...(image.secrets.length > 0 && { secrets: image.secrets }),
    ...(image.ssh.length > 0 && { ssh: image.ssh }),
    ...(image.scan && { scan: image.scan }),
    ...(image.reproducible && { reproducible: image.reproducible }),
    ...(image.attestations && { attestations: image.attestations }),
    ...(image.tests.length > 0 && { tests: image.tests.map(({ path }) => path) }),
    ...(unversioned && { unversioned: true as const }),
    manifest,
    folder,
    files,
  };
}

/** The fields that no build reads, but what comes after it; children of an image do not depend on them. */
export const laterFields = [
  'tags',
  'floatingTags',
  'repositories',
  'unversioned',
  'scan',
  'tests',
] as const satisfies (keyof ImageDocument)[];

/** The fields that only `docker-test` depends on. */
export const testFields = ['tests'] as const satisfies (typeof laterFields)[number][];

/** Whether an `image.json` is equal to a document for builds, whatever the others say. */
export function buildsTheSame(text: string, document: ImageDocument): boolean {
  try {
    const written: unknown = JSON.parse(text);
    return isObject(written) && buildFields(written) === buildFields(document);
  } catch {
    return false;
  }
}

function buildFields(document: object): string {
  return JSON.stringify(Object.entries(document).filter(([key]) => !laterFields.some((field) => field === key)));
}

/** The text of `image.json`. */
export function formatImageDocument(document: ImageDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The arguments of a build, before it is known which of them the Dockerfile declares. */
export function buildArguments({ args, reproducible }: Pick<Image, 'args' | 'reproducible'>): Record<string, string> {
  return reproducible ? { ...args, [EPOCH_ARGUMENT]: String(reproducible.epoch) } : args;
}

function pickDeclared(args: Record<string, string>, declared: readonly string[]): Record<string, string> {
  const names = setOf(declared);
  return Object.fromEntries(Object.entries(args).filter(([name]) => names.has(name) || isPredefined(name)));
}
