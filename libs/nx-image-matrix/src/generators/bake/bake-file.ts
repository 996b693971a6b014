import { posix } from 'node:path';
import { attestSbom, csvField, isBelowHome } from '@nx-image-matrix/engine';
import type { ImageFacts } from '../../matrix/generate-image.ts';
import { staticLabels } from '../../build-plan/static-labels.ts';
import type { ImageDocument } from '../../types.ts';
import { assignNames } from './names.ts';

export interface BakeOptions {
  /** Packages to include in groups. Default: all. */
  packages?: readonly string[];
  /** Images to include in groups. Default: all. */
  images?: ReadonlySet<ImageFacts>;
  /** Prefixes of the repositories to tag images for. Default: all. */
  repositories?: readonly string[];
  floatingTags?: boolean;
}

/** Keys of a target: https://docs.docker.com/build/bake/reference/#target */
interface BakeTarget {
  context: string;
  dockerfile: string;
  tags: string[];
  contexts?: Record<string, string>;
  args?: Record<string, string>;
  platforms?: string[];
  labels?: Record<string, string>;
  secret?: string[];
  ssh?: string[];
  attest?: string[];
}

export interface BakeFile {
  variable?: Record<string, { default: string }>;
  group: Record<string, { targets: string[] }>;
  target: Record<string, BakeTarget>;
}

/**
 * The matrix in the form of bake: a target for each image, groups for packages and release types, and `pushed` for
 * images with a repository. Parents of selected images are targets too, but in no group.
 * @param all images of the workspace, in output order
 */
export function bakeFile(all: readonly ImageFacts[], options: BakeOptions): BakeFile {
  const byReference = new Map(all.map((generated) => [generated.image.reference, generated]));
  const chosen = all.filter(
    (facts) => (options.packages?.includes(facts.image.package) ?? true) && (options.images?.has(facts) ?? true),
  );
  const wanted = withParents(chosen, byReference);
  const used = all.filter((image) => wanted.has(image));
  const names = assignNames(used.map(({ image }) => image.name));
  const nameOf = ({ image }: ImageFacts): string => names.get(image.name)!;
  const target = Object.fromEntries(
    used.map((image) => [
      nameOf(image),
      targetOf(image, options, (reference) => {
        const parent = byReference.get(reference);
        return parent && nameOf(parent);
      }),
    ]),
  );
  const needsHome = Object.values(target).some(({ secret = [] }) => secret.some((field) => field.includes(HOME)));
  // Bake reads the value of a variable from the environment, and does not expand `~`.
  return {
    ...(needsHome && { variable: { HOME: { default: '' } } }),
    group: groupsOf(chosen, options, nameOf),
    target,
  };
}

/** Placeholder for the user's home; the character does not occur in paths. */
const HOME = '\0HOME';

/**
 * The text of `docker-bake.json`. Bake reads `${` and `%{` as the beginning of an expression; doubled, they are text.
 */
export function formatBakeFile(file: BakeFile, note: string): string {
  const text = JSON.stringify({ '//': note, ...file }, null, 2);
  const literal = text.replaceAll(/([$%])\{/g, '$1$1{');
  return `${literal.replaceAll(/(?<!\\)\\u0000HOME/g, '${HOME}')}\n`;
}

function withParents(chosen: readonly ImageFacts[], byReference: ReadonlyMap<string, ImageFacts>): Set<ImageFacts> {
  const wanted = new Set(chosen);
  // The set grows during the loop.
  for (const { references } of wanted) {
    for (const { reference } of references) {
      const parent = byReference.get(reference);
      if (parent) wanted.add(parent);
    }
  }
  return wanted;
}

function targetOf(
  { image, document, references }: ImageFacts,
  options: BakeOptions,
  targetName: (reference: string) => string | undefined,
): BakeTarget {
  const context = posix.dirname(document.manifest);
  const contexts = references.flatMap(({ reference }): [string, string][] => {
    const name = targetName(reference);
    return name === undefined ? [] : [[reference, `target:${name}`]];
  });
  return {
    context,
    dockerfile: `${image.dir}/Dockerfile`,
    tags: tagsOf(document, options),
    ...(contexts.length > 0 && { contexts: Object.fromEntries(contexts) }),
    ...(Object.keys(document.args).length > 0 && { args: document.args }),
    ...(document.platforms.length > 0 && { platforms: document.platforms }),
    labels: staticLabels(document),
    ...(document.ssh && { ssh: document.ssh }),
    ...(document.attestations && { attest: attestOf(document.attestations) }),
    ...(document.secrets && { secret: document.secrets.map((secret) => secretOf(secret, context)) }),
  };
}

/** Leaves out a tag with the date, the commit or the branch of a run: this file is the same whenever it is written. */
function tagsOf(document: ImageDocument, options: BakeOptions): string[] {
  const repositories = repositoriesOf(document, options);
  if (repositories.length === 0) return [document.reference];
  const tags = [...document.tags, ...(options.floatingTags ? document.floatingTags : [])].filter(
    (tag) => !isOfRun(tag),
  );
  return repositories.flatMap((repository) => tags.map((tag) => `${repository}:${tag}`));
}

/** Whether a tag needs the date, the commit or the branch of a run. */
export function isOfRun(tag: string): boolean {
  return tag.includes('{{');
}

function repositoriesOf({ repositories }: ImageDocument, options: BakeOptions): string[] {
  const beginnings = options.repositories ?? [''];
  return repositories.filter((repository) => beginnings.some((beginning) => repository.startsWith(beginning)));
}

/** https://docs.docker.com/build/bake/reference/#targetattest */
function attestOf({ provenance, sbom }: NonNullable<ImageDocument['attestations']>): string[] {
  return [...(provenance ? [`type=provenance,mode=${provenance}`] : []), ...(sbom ? [attestSbom(sbom)] : [])];
}

/** Secret files are relative to the manifest here, and to the working directory in bake. */
function secretOf({ id, env, src }: NonNullable<ImageDocument['secrets']>[number], contextDir: string): string {
  const path = src && pathOf(src, contextDir);
  return [`id=${id}`, env && `env=${env}`, path && `src=${path}`]
    .flatMap((field) => (field ? [csvField(field)] : []))
    .join();
}

function pathOf(src: string, contextDir: string): string {
  if (isBelowHome(src)) return HOME + src.slice(1);
  return posix.isAbsolute(src) ? src : posix.join(contextDir, src);
}

/** `release` is the former name, to be removed in 1.0.0 (docs/renamed.md). */
const groupPrefixes = [
  ['package', 'package'],
  ['type', 'releaseType'],
  ['release', 'releaseType'],
] as const;

function groupsOf(
  chosen: readonly ImageFacts[],
  options: BakeOptions,
  nameOf: (image: ImageFacts) => string,
): BakeFile['group'] {
  const groups = new Map<string, string[]>([['default', chosen.map(nameOf)]]);
  const pushed = chosen.filter(({ document }) => repositoriesOf(document, options).length > 0);
  if (pushed.length > 0) groups.set('pushed', pushed.map(nameOf));
  for (const [prefix, kind] of groupPrefixes) {
    const values = [...new Set(chosen.map(({ image }) => image[kind]))].sort();
    const names = assignNames(values.map((value) => `${prefix}-${value}`));
    for (const [index, value] of values.entries()) {
      const members = chosen.filter(({ image }) => image[kind] === value);
      groups.set([...names.values()][index]!, members.map(nameOf));
    }
  }
  return Object.fromEntries([...groups].map(([name, targets]) => [name, { targets }]));
}
