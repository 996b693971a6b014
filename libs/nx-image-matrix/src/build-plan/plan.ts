import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Family, readDockerfile, type DockerfileFacts, type Member } from '@nx-image-matrix/dockerfile';
import { buildId, normalizePlatforms, type ContextFile } from '@nx-image-matrix/engine';
import { createContextReader, type ContextReader } from '../build-context/context-files.ts';
import { isProxy } from './predefined-arguments.ts';
import { staticLabels } from './static-labels.ts';
import type { CauseKind } from '../explain/cause.ts';
import { subjectOf } from '../explain/describe.ts';
import type { ImageDocument } from '../types.ts';
import { digestOnDisk } from '../matrix/on-disk.ts';
import { OwnReferences } from '../matrix/own-references.ts';
import type { ImageFolder } from '../workspace/image-folders.ts';
import { readDocument, readGeneratedDockerfile, readImageFiles, shortDigest } from './image-files.ts';

/** The build inputs of an image, read from its generated folder and the build context. */
export interface BuildPlan {
  folder: ImageFolder;
  document: ImageDocument;
  /** Platforms: those of the manifest, else those of the engine. */
  platforms: readonly string[];
  /** `sha256:...`; the same inputs give the same ID on every machine. */
  buildId: string;
  /** The platforms that an engine is asked for; none if the manifest leaves them to it. */
  requested: readonly string[];
  /** Its ID if the manifest names no platforms and it is built for these. */
  buildIdFor(platforms: readonly string[]): string;
  /**
   * The plan for one of its platforms alone, with that platform of its parents. Its build ID does not depend on the other
   * platforms. The plan itself if neither it nor a parent has another.
   */
  forPlatform(platform: string): BuildPlan;
  /** Short digests of its files and of the files that it copies, by name. */
  digests: Record<string, string>;
  /** The inputs of the ID, by name and digest, to tell later what changed. */
  ingredients: Record<string, string>;
  /** Static labels, without the build ID. */
  labels: Record<string, string>;
  /** Plans of the images that the Dockerfile names. */
  parents: BuildPlan[];
  /** Paths that the Dockerfile copies, relative to the context. */
  copied: readonly string[];
  context: ContextFile[];
}

/** Milliseconds to wait for a file that another nx is restoring, for example from its cache. */
export const retryTimeout = 1_000;

/** Makes plans; reads each image and each context file once per run. */
export class BuildPlanner {
  readonly #root: string;
  readonly #platforms: readonly string[];
  /** Whether only files that match the manifest are accepted. */
  readonly #strict: boolean;
  /** Until when to retry a file that cannot be read. */
  readonly #deadline: number;
  readonly #own: OwnReferences<ImageFolder>;
  readonly #family = new Family();
  readonly #members = new Map<string, Member>();
  readonly #plans = new Map<string, Promise<BuildPlan>>();
  readonly #context: ContextReader = createContextReader();

  /**
   * @param platforms what the engine builds for if the manifest names no platform.
   * @param waits milliseconds to wait for files. Set for builds and pushes, which accept only files that match the
   * manifest, if the graph knows them.
   */
  constructor(
    workspaceRoot: string,
    folders: ReadonlyMap<string, ImageFolder>,
    platforms: readonly string[],
    waits?: number,
  ) {
    this.#strict = waits !== undefined;
    this.#platforms = platforms;
    this.#deadline = performance.now() + (waits ?? 0);
    this.#root = workspaceRoot;
    this.#own = new OwnReferences([...folders.values()].map((folder) => [folder.reference, folder]));
  }

  /**
   * The plan of one image and of all its ancestors.
   * @throws Error if a generated or a copied file is missing.
   */
  plan(folder: ImageFolder): Promise<BuildPlan> {
    let plan = this.#plans.get(folder.project);
    if (!plan) {
      plan = this.#makePlan(folder);
      this.#plans.set(folder.project, plan);
    }
    return plan;
  }

  async #makePlan(folder: ImageFolder): Promise<BuildPlan> {
    for (;;) {
      try {
        return await this.#readPlan(folder);
      } catch (error) {
        if (performance.now() >= this.#deadline) throw error;
        await sleep(50);
      }
    }
  }

  async #readPlan(folder: ImageFolder): Promise<BuildPlan> {
    const document = readDocument(this.#root, folder);
    const { facts, parents } = await this.#readFamily(
      folder,
      readGeneratedDockerfile(this.#root, folder),
      document.args,
    );
    const copied = facts.sources.map(({ path }) => path);
    const { files, context, digests } = await readImageFiles(this.#root, folder, this.#context, copied);
    if (this.#strict) refuseOthers(this.#root, folder);
    const labels = staticLabels(document);
    const buildArgs = countedArgs(document.args, this.#members.get(folder.project)?.facts.args ?? []);
    const named = normalizePlatforms(document.platforms, this.#platforms[0]);
    const platformsFor = (others: readonly string[]) => (named.length > 0 ? named : others);
    const idOf = (chosen: readonly string[], idOfParent: (parent: BuildPlan) => string): string =>
      buildId({
        files,
        context,
        buildArgs,
        platforms: [...chosen],
        labels,
        ...(document.reproducible && { engineOptions: { timestamps: 'rewritten' } }),
        parents: Object.fromEntries(parents.map((parent) => [parent.document.reference, idOfParent(parent)])),
      });
    const buildIdFor = (others: readonly string[]): string =>
      idOf(platformsFor(others), (parent) => (others === this.#platforms ? parent.buildId : parent.buildIdFor(others)));
    const platforms = platformsFor(this.#platforms);
    const parts = new Map<string, BuildPlan>();
    const plan: BuildPlan = {
      folder,
      document,
      platforms,
      requested: document.platforms,
      buildId: buildIdFor(this.#platforms),
      buildIdFor,
      forPlatform: (platform) => {
        const part = parts.get(platform) ?? partFor(platform);
        parts.set(platform, part);
        return part;
      },
      digests,
      ingredients: ingredientsOf(digests, buildArgs, platforms, labels, parents),
      labels,
      parents,
      copied,
      context,
    };
    const partFor = (platform: string): BuildPlan => {
      const above = parents.map((parent) => partOf(parent, platform));
      if (platforms.length === 1 && above.every((parent, index) => parent === parents[index])) return plan;
      const part: BuildPlan = {
        ...plan,
        platforms: [platform],
        requested: [platform],
        parents: above,
        buildId: idOf([platform], (parent) => partOf(parent, platform).buildId),
        forPlatform: () => part,
        ingredients: ingredientsOf(digests, buildArgs, [platform], labels, above),
      };
      return part;
    };
    return plan;
  }

  /** The facts of a Dockerfile, with the `ONBUILD` of its parents, and the plans of the images that it names. */
  async #readFamily(
    folder: ImageFolder,
    text: string,
    args: Record<string, string>,
  ): Promise<{ facts: DockerfileFacts; parents: BuildPlan[] }> {
    const { facts } = readDockerfile(text, args);
    if (!facts) throw new Error(`${folder.root}/Dockerfile has no FROM; run its docker-generate target.`);
    const parentsOf = (reference: string): Member[] =>
      this.#own.find(reference).flatMap(({ project }) => this.#members.get(project) ?? []);
    const member: Member = { text, args, facts, parentsOf };
    this.#members.set(folder.project, member);
    await this.#planAll(facts);
    const all = this.#family.read(member).facts ?? facts;
    return { facts: all, parents: await this.#planAll(all) };
  }

  #planAll({ references }: DockerfileFacts): Promise<BuildPlan[]> {
    const folders = new Set(references.flatMap(({ reference }) => this.#own.find(reference)));
    return Promise.all([...folders].map((parent) => this.plan(parent)));
  }
}

/** A parent that is not for a platform, such as one that only gives files, takes part as it is. */
function partOf(parent: BuildPlan, platform: string): BuildPlan {
  return parent.platforms.includes(platform) ? parent.forPlatform(platform) : parent;
}

/** Build arguments that change the result; a proxy does so only if the Dockerfile declares it. */
function countedArgs(args: Record<string, string>, declared: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(args).filter(([name]) => !isProxy(name) || declared.includes(name)));
}

function ingredientsOf(
  digests: Record<string, string>,
  buildArgs: Record<string, string>,
  platforms: readonly string[],
  labels: Record<string, string>,
  parents: BuildPlan[],
): Record<string, string> {
  const named = (kind: CauseKind, values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [subjectOf({ kind, name }), shortDigest(value)]));
  return {
    ...digests,
    ...named('argument', buildArgs),
    ...named('label', labels),
    ...Object.fromEntries(
      parents.map((parent) => [subjectOf({ kind: 'parent', name: parent.folder.project }), parent.buildId]),
    ),
    ...Object.fromEntries(
      platforms.map((platform) => [subjectOf({ kind: 'platforms', name: platform }), shortDigest(platform)]),
    ),
  };
}

/**
 * Files on disk may be stale, edited, or restored from a modified cache.
 * @throws Error if they differ from those rendered for the graph.
 */
function refuseOthers(workspaceRoot: string, { project, root, files, digest }: ImageFolder): void {
  const found = digestOnDisk(join(workspaceRoot, root), files);
  if (digest === undefined || found === undefined || found === digest) return;
  throw new Error(
    `${root} does not hold the files that the manifest gives. Run the docker-generate target of ${project} first; ` +
      '"nx run" does so by itself unless --exclude-task-dependencies is given. If it says so all the same, Nx has ' +
      'restored a changed file from its cache: add --skip-nx-cache.',
  );
}
