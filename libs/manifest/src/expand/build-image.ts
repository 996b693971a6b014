import type { Position } from '@nx-image-matrix/diagnostics';
import { EPOCH_ARGUMENT } from '../epoch.ts';
import type { AttestationSettings, Image } from '../image.ts';
import type { RepositoryEntry } from '../manifest.ts';
import { repositoryOf } from '../references/owner.ts';
import { pinnedReference } from '../base-lock/read-base-lock.ts';
import { renderTexts } from './arguments.ts';
import type { Coordinate } from './coordinates.ts';
import { identify } from './identity.ts';
import { cleanFolder, nxTags } from './names.ts';
import { ownTags } from './own-tags.ts';
import type { Plan } from './plan.ts';
import { trackedScope } from './scope.ts';
import { testFiles } from './test-files.ts';
import { renderTags, tagScope, type RenderedTag } from './tags.ts';
import type { Place } from '../yaml/tree.ts';
import type { ExpansionContext } from './context.ts';

export interface BuiltImage {
  image: Image;
  plan: Plan;
  tags: RenderedTag[];
}

/** Builds one image, given its parent. */
export function buildImage(
  plan: Plan,
  coordinate: Coordinate,
  parent: BuiltImage | undefined,
  context: ExpansionContext,
): BuiltImage {
  const identity = identify(plan, coordinate, context);
  const { name, dir, axes, args, versioned } = identity;
  const platforms = identity.platforms ?? noPlatforms(plan, coordinate, context);
  if (plan.settings.reproducible && Object.hasOwn(args, EPOCH_ARGUMENT)) reportEpoch(plan, context);
  const { templatesDir } = plan.release;
  const unpinned = identity.variables.base_image;
  const baseImage = pinnedReference(context.baseLock, unpinned);
  const from = parent?.image.reference ?? baseImage;
  if (parent ? parent.tags[0]?.versioned : versioned.has('base_image')) versioned.add('from');

  const untagged = { ...identity.variables, args, from };
  const scope = lazily(() => tagScope({ ...untagged, platforms }, versioned, plan.readByTags));
  const tags = ownTags(plan, identity, scope, context);
  const floating = renderTags(plan.type.floatingTags, scope, context.problems);
  if (tags.some((tag) => tag.versioned)) versioned.add('tags');
  if (floating.some((tag) => tag.versioned)) versioned.add('floatingTags');

  const variables = { ...untagged, tags: textsOf(tags) };
  const image: Image = {
    name,
    dir,
    package: plan.package.name,
    releaseType: plan.type.name,
    distro: plan.release.distro,
    ...(coordinate.cuda && { cuda: coordinate.cuda }),
    axes,
    args,
    manifestArguments: { declared: plan.declared, read: plan.readArguments, readByTags: plan.readByTags },
    ...(parent && { parent: parent.image.name }),
    childTypes: plan.children,
    from,
    baseImage,
    tags: textsOf(tags),
    floatingTags: textsOf(floating),
    tagsUseVersion: versioned.has('tags') || versioned.has('floatingTags'),
    reference: `${context.prefix}${plan.package.name}:${tags[0]?.tag ?? ''}`,
    platforms,
    tests: testFiles(plan, { ...variables, platforms }, versioned, context),
    labels: renderLabels(plan, { ...variables, platforms }, versioned, context),
    repositories: repositoriesOf(plan, context.repositories),
    push: plan.type.push,
    secrets: plan.settings.secrets,
    ssh: plan.settings.ssh,
    ...(plan.settings.scan && { scan: plan.settings.scan }),
    ...(plan.settings.reproducible && { reproducible: plan.settings.reproducible }),
    ...(plan.settings.attestations && { attestations: pinned(plan.settings.attestations, context) }),
    templatesDir: cleanFolder(templatesDir?.text ?? ''),
    template: plan.type.template?.text ?? plan.type.name,
    ...(templatesDir && { templatesDirAt: positionOf(templatesDir, context) }),
    nxTags: nxTags(plan, coordinate, axes, context.axisLabels),
    variables,
    versioned: [...versioned],
    position: positionOf(plan.place, context),
  };
  return { image, plan, tags };
}

/** The generator with the digest of `images.lock`, if that has one. */
function pinned(attestations: AttestationSettings, { baseLock }: ExpansionContext): AttestationSettings {
  const generator = attestations.sbom?.generator;
  if (generator === undefined) return attestations;
  return { ...attestations, sbom: { generator: pinnedReference(baseLock, generator) } };
}

/** Reports that the values of an image's axes have no platform in common. */
function noPlatforms({ axes, place }: Plan, coordinate: Coordinate, context: ExpansionContext): string[] {
  const { cuda } = coordinate;
  const values = axes.map(({ name }) => `${name} ${coordinate.values.get(name)?.text}`);
  const owners = [...(cuda === undefined ? [] : [`CUDA ${cuda}`]), ...values].map((owner) => `\`${owner}\``).join(', ');
  context.problems.add(
    axes.find(({ byValue }) => byValue)?.at ?? place,
    'bad-arg',
    `${owners} have no platform in common`,
    {
      hint: 'leave these images out with `exclude`, or add a platform',
      once: true,
    },
  );
  return [];
}

/** Reports an argument that `reproducible` sets too. */
function reportEpoch({ declared, place }: Plan, context: ExpansionContext): void {
  const message = `\`${EPOCH_ARGUMENT}\` is an argument of an image that is \`reproducible\`, which sets it`;
  context.problems.add(declared.get(EPOCH_ARGUMENT)?.at ?? place, 'bad-arg', message, {
    hint: `remove the argument, and write \`reproducible: { epoch: SECONDS }\``,
    harmless: true,
    once: true,
  });
}

function positionOf({ file, line, column }: Place, context: ExpansionContext): Position {
  return { file: file ?? context.file, line, column };
}

function renderLabels(
  plan: Plan,
  variables: Readonly<Record<string, unknown>>,
  versioned: Set<string>,
  context: ExpansionContext,
): Record<string, string> {
  if (plan.settings.labels.size === 0) return {};
  const labels = renderTexts(
    plan.settings.labels,
    () => trackedScope(variables, versioned, plan.readArguments),
    context.problems,
  );
  for (const label of labels.versioned) versioned.add(`labels.${label}`);
  return labels.values;
}

function repositoriesOf({ package: pkg, type }: Plan, entries: readonly RepositoryEntry[]): string[] {
  return [...new Set(entries.flatMap((entry) => repositoryOf(entry, pkg.name, type.name) ?? []))];
}

/** A value that is computed on first use. */
function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function textsOf(tags: readonly RenderedTag[]): string[] {
  return tags.map(({ tag }) => tag);
}
