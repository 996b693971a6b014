import type { Image } from '@nx-image-matrix/manifest';

/** The definition of a target; its key names the executor and the plugin option. */
interface Target<Key extends string = string> {
  /** Which projects have it: those of images or those of manifests. */
  of: 'image' | 'manifest';
  /** Its name, unless a plugin option renames it. */
  name: string;
  /** Which images have it; all if absent. */
  only?: (image: Pick<Image, 'push' | 'scan' | 'tests'>) => boolean;
  /** Targets of the same image that run first. */
  dependsOn: readonly Key[];
  /** Whether Nx caches it. */
  cached?: true;
  /** Whether the plugin sets its options. */
  configured?: true;
  /** Whether Nx runs the sync generator first. */
  syncs?: true;
  /** Whether Nx runs nothing else meanwhile. */
  alone?: true;
  /** Its description in `nx show project`, given the reference of the image or the path of the manifest. */
  description: (subject: string) => string;
  /** Options that its help shows as an example. */
  example?: Record<string, unknown>;
  /** What it does, and the section of docs/ with details. */
  does: string;
  more?: string;
  /** The targets that run first, as docs/targets.md describes them. */
  after?: string;
}

/** All targets of this plugin. The key of a target is the name of its executor in `executors.json`. */
const targets = {
  generate: {
    of: 'image',
    name: 'docker-generate',
    dependsOn: [],
    cached: true,
    configured: true,
    description: () => 'Writes the Dockerfile and the other files of this image',
    does: "writes the image's files",
  },
  build: {
    of: 'image',
    name: 'docker-build',
    dependsOn: ['generate'],
    description: (reference) => `Builds ${reference}, unless it is up to date`,
    example: { force: true },
    does: 'builds the image, unless it is up to date',
    after:
      '`docker-generate`; `docker-build` of the images that the Dockerfile names; targets that make files it copies',
  },
  test: {
    of: 'image',
    name: 'docker-test',
    only: ({ tests }) => tests.length > 0,
    dependsOn: ['build'],
    description: (reference) => `Tests ${reference}, unless it has passed these tests`,
    example: { force: true },
    does: 'tests the image, unless it has passed these tests',
    more: 'tests.md',
  },
  push: {
    of: 'image',
    name: 'docker-push',
    only: ({ push }) => push,
    dependsOn: ['build'],
    description: (reference) => `Pushes the tags of ${reference} to every repository that is active`,
    example: { dryRun: true },
    does: 'pushes every fixed tag to every active repository',
    after: '`docker-build`; `docker-test` if the image has [tests](tests.md)',
  },
  scan: {
    of: 'image',
    name: 'docker-scan',
    only: ({ scan }) => scan !== undefined,
    dependsOn: ['build'],
    description: (reference) => `Scans ${reference} for vulnerabilities`,
    does: 'looks for [vulnerabilities](scanning.md) in the image',
  },
  matrix: {
    of: 'manifest',
    name: 'docker-matrix',
    dependsOn: [],
    configured: true,
    syncs: true,
    description: (manifest) => `Shows all images of ${manifest} as a table`,
    example: { json: true },
    does: 'shows the whole matrix',
  },
  explain: {
    of: 'manifest',
    name: 'docker-explain',
    dependsOn: [],
    configured: true,
    description: (manifest) => `Says why images of ${manifest} differ from a revision`,
    example: { base: 'main' },
    does: 'says [why images differ](explain.md) from a revision',
  },
  promote: {
    of: 'manifest',
    name: 'docker-promote',
    dependsOn: [],
    configured: true,
    description: (manifest) => `Moves the floating tags of ${manifest} to the images that have been pushed`,
    example: { dryRun: true },
    does: 'moves floating tags',
    more: 'pushing.md#tags-that-move',
    after: 'nothing: it comes after the pushes, also on another machine',
  },
  prune: {
    of: 'manifest',
    name: 'docker-prune',
    dependsOn: [],
    configured: true,
    description: (manifest) => `Shows which old tags of ${manifest} would be deleted from registries, and deletes them`,
    example: { yes: true },
    does: 'deletes old tags',
    more: 'pruning.md',
  },
  refresh: {
    of: 'manifest',
    name: 'docker-refresh',
    dependsOn: [],
    configured: true,
    alone: true,
    description: (manifest) => `Asks registries for the external base images of ${manifest}, and writes images.lock`,
    example: { check: true },
    does: 'locks external base images to the digests that registries have now',
    more: 'bases.md',
  },
} as const satisfies Record<string, Target>;

/** The key of a target in the code, in `executors.json` and in the option that renames it. */
export type TargetKey = keyof typeof targets;

/** The names of a workspace's targets. */
export type TargetNames = Record<TargetKey, string>;

/** A target with its key. */
export type TargetEntry = readonly [key: TargetKey, target: Target<TargetKey>];

const entries = Object.entries(targets).flatMap(([key, target]): TargetEntry[] =>
  isTargetKey(key) ? [[key, target]] : [],
);

/** All targets, or those of images or of manifests, in order. */
export function targetsOf(of?: Target['of']): readonly TargetEntry[] {
  return of === undefined ? entries : entries.filter(([, target]) => target.of === of);
}

/** The executor that runs a target. */
export function executorOf(key: TargetKey): `nx-image-matrix:${TargetKey}` {
  return `nx-image-matrix:${key}`;
}

/** The plugin option that renames a target. */
export function renamingOption<Key extends TargetKey>(key: Key): `${Key}TargetName` {
  return `${key}TargetName`;
}

/** A value for each target. */
export function forEachTarget<Value>(valueOf: (...entry: TargetEntry) => Value): Record<TargetKey, Value> {
  const values: Partial<Record<TargetKey, Value>> = {};
  for (const [key, target] of entries) values[key] = valueOf(key, target);
  if (!isComplete(values)) throw new Error('a target is missing');
  return values;
}

function isComplete<Value>(values: Partial<Record<TargetKey, Value>>): values is Record<TargetKey, Value> {
  return entries.every(([key]) => Object.hasOwn(values, key));
}

function isTargetKey(key: string): key is TargetKey {
  return Object.hasOwn(targets, key);
}
