import {
  BUILD_ID_LABEL,
  EngineError,
  joinedIndex,
  mapLimited,
  type BuildTarget,
  type ClientOptions,
  type Engine,
  type RegistryClient,
  type RegistrySession,
} from '@nx-image-matrix/engine';
import { registryOf } from '@nx-image-matrix/manifest/reference';
import type { BuildPlan } from '../build-plan/plan.ts';
import { shortId } from '../format/describe.ts';
import type { RegistryAccess } from '../repositories/registry-access.ts';
import type { ActiveRepository } from '../repositories/repositories.ts';
import type { Reporter } from '../executors/progress/reporter.ts';
import { hasParts, isBuiltFrom, isJoinedFrom, partsOf } from '../build-plan/built-from.ts';
import { Availability } from './availability.ts';
import { digestsIn, PARENTS_LABEL } from './parents-label.ts';
import { isPushedImage, pushToStaging, tagInStaging, type BuiltImage } from './push-to-staging.ts';
import { StagedContent } from './staged-content.ts';
import { isSame, type Location, type StagedImage } from './staged-image.ts';

/** The build ID and the parents' digests of one platform of an image, by its labels. */
interface Origin {
  id: string | undefined;
  parents: readonly string[];
}

/** What is staged after an image was put there. */
export interface PutImage extends StagedImage {
  /** Whether it is that image, and not one that another machine has put there meanwhile. */
  own: boolean;
}

export interface StagingSettings {
  target: ActiveRepository;
  access: RegistryAccess;
  /** Registries that use plain HTTP. */
  insecure: readonly string[];
  signal: AbortSignal;
  report: Pick<Reporter, 'note' | 'log'>;
  /** Whether the run can do without it, so that a slow one is not waited for. */
  isOptional?: boolean;
  /** What an earlier run has found for a plan, if it has. */
  remembered: (plan: BuildPlan) => StagedImage | undefined;
}

/** Questions to the registry at once. */
const AT_ONCE = 8;
/** A staging repository saves work; it is not worth a long wait. */
const patience = { tries: 3, total: 20_000, request: 10_000 };
/**
 * The built images of one manifest in its staging repository, where the tag of an image is its build ID. What cannot be
 * read or written there never fails a run: it goes on as if nothing were there, and says so once.
 */
export class Staging {
  readonly #settings: StagingSettings;
  readonly #client: RegistryClient;
  readonly #availability: Availability;
  readonly #content: StagedContent;
  readonly #found = new Map<string, Promise<StagedImage | undefined>>();
  /** Images that are there and cannot be used, by build ID. */
  readonly #refused = new Map<string, { digest: string; isBroken: boolean }>();

  constructor(settings: StagingSettings) {
    this.#settings = settings;
    this.#client = settings.access.clientOf(settings.target, { policy: patience });
    const { isOptional, report } = settings;
    const note = (line: string): void => report.note('staging', line);
    this.#availability = new Availability(this.repository, { note, isOptional });
    this.#content = new StagedContent(this.#client, this.repository, this.#availability);
  }

  get repository(): string {
    return this.#settings.target.repository;
  }

  /** The tag of an image with a build ID. */
  reference(buildId: string): string {
    return `${this.repository}:${buildId.replace(/^sha256:/, '')}`;
  }

  /** `REPOSITORY@DIGEST`, which stays the same image when the tag moves. */
  source(staged: Pick<StagedImage, 'digest'>): string {
    return this.#content.source(staged);
  }

  /** The staging repository with its account. */
  get target(): ActiveRepository {
    return this.#settings.target;
  }

  /** Whether it can be asked, as far as is known. */
  get isReadable(): boolean {
    return this.#availability.isReadable;
  }

  /** Whether images can be put there, as far as is known. */
  get isWritable(): boolean {
    return this.#availability.isWritable;
  }

  /**
   * The staged image of a plan, asked for once in a run; `undefined` if there is none, or none that was built on the
   * parents that are staged now, or none with the attestations of the plan.
   */
  find(plan: BuildPlan): Promise<StagedImage | undefined> {
    let found = this.#found.get(keyOf(plan));
    if (!found) {
      found = this.#ask(plan);
      this.#found.set(keyOf(plan), found);
    }
    return found;
  }

  /** The same, asked again: another machine may have built it meanwhile, or the tag may be gone. */
  findAgain(plan: BuildPlan): Promise<StagedImage | undefined> {
    this.#found.delete(keyOf(plan));
    return this.find(plan);
  }

  /** Asks for many images, some at once. */
  async prefetch(plans: readonly BuildPlan[]): Promise<void> {
    await mapLimited([...plans], AT_ONCE, (plan) => this.find(plan));
  }

  /**
   * Ignores a staged image in this run.
   * @param isBroken whether it is of no use to any machine, and is replaced by what is built instead.
   */
  refuse(plan: BuildPlan, { digest }: Pick<StagedImage, 'digest'>, isBroken: boolean): void {
    this.#refused.set(plan.buildId, { digest, isBroken });
    this.#found.clear();
  }

  async #ask(plan: BuildPlan): Promise<StagedImage | undefined> {
    if (!this.isReadable) return undefined;
    const reference = this.reference(plan.buildId);
    const staged = await this.#availability.tolerant(reference, async () => {
      const digest = await this.#availability.timed(() => this.#client.digest(reference));
      const isUsable = digest !== undefined && this.#refused.get(plan.buildId)?.digest !== digest;
      return isUsable ? this.#checked(plan, { reference, digest }) : undefined;
    });
    // A repository that is too slow to be asked is too slow to be read.
    if (!this.isReadable) return undefined;
    return staged ?? this.#availability.tolerant(reference, () => this.#joined(plan));
  }

  /** The staged image, if it is that of the plan, and was built on the parents that are staged now. */
  async #checked(plan: BuildPlan, staged: Location): Promise<StagedImage | undefined> {
    const known = this.#settings.remembered(plan);
    if (known?.digest === staged.digest) {
      const isCurrent =
        isSame(known.parents, await this.#currentParents(plan)) ||
        isSame(known.parents, await this.#parentsOfParts(plan));
      return isCurrent ? { ...staged, parents: known.parents } : undefined;
    }
    const parents = await this.#parentsIn(plan, staged);
    return parents && (await this.#content.isAttested(plan, staged)) ? { ...staged, parents } : undefined;
  }

  /** The digests of the parents that are staged now; an empty text for one that is not. */
  async #currentParents({ parents }: BuildPlan): Promise<string[]> {
    const now = await Promise.all(parents.map((parent) => this.find(parent)));
    return now.map((parent) => parent?.digest ?? '').toSorted();
  }

  async #parentsOfParts(plan: BuildPlan): Promise<string[]> {
    const all = await Promise.all(partsOf(plan).map((part) => this.#currentParents(part)));
    return all.flat().toSorted();
  }

  /**
   * The digests of the parents that an image was built on; `undefined` if it is not that of the plan, or was built on
   * others. Whoever may write to the repository can put any image under a tag, so its labels decide.
   */
  async #parentsIn(plan: BuildPlan, staged: Location): Promise<readonly string[] | undefined> {
    const origins = (await this.labels(staged)).map((labels): Origin => ({
      id: labels[BUILD_ID_LABEL],
      parents: digestsIn(labels[PARENTS_LABEL]).toSorted(),
    }));
    const ids = origins.map(({ id }) => id);
    if (!isBuiltFrom(plan, ids)) {
      if (ids.length > 0) this.#reportLie(plan, staged, ids);
      return undefined;
    }
    const plans = isJoinedFrom(plan, ids) ? partsOf(plan) : [plan];
    for (const one of plans) {
      const wanted = await this.#currentParents(one);
      if (origins.some(({ id, parents }) => id === one.buildId && !isSame(parents, wanted))) return undefined;
    }
    return plans.length > 1 ? origins.flatMap(({ parents }) => parents).toSorted() : origins[0]?.parents;
  }

  #reportLie({ buildId }: BuildPlan, { reference }: Location, ids: readonly (string | undefined)[]): void {
    const found = ids.find((id) => id !== buildId);
    const has = found ? `has the build ID ${shortId(found)}` : 'was not built by this tool';
    this.#availability.note(`${reference} ${has}; it does not count`);
  }

  /** The image made of its platforms, if each is staged by itself. */
  async #joined(plan: BuildPlan): Promise<StagedImage | undefined> {
    if (!hasParts(plan)) return undefined;
    const found = await Promise.all(partsOf(plan).map((part) => this.find(part)));
    const parts = found.filter((part) => part !== undefined);
    const [first] = parts;
    if (!first || parts.length < found.length) return undefined;
    const parents = parts.flatMap((part) => part.parents).toSorted();
    if (parts.length === 1) return { ...first, parents, joined: { parts } };
    const sources = partsOf(plan).map(({ platforms: [platform = ''] }, index) => ({
      platform,
      source: this.source(parts[index] ?? first),
    }));
    const index = await joinedIndex(this.#client, sources);
    return { reference: this.reference(plan.buildId), digest: index.digest, parents, joined: { index, parts } };
  }

  /** The platforms of an image that are not staged, neither with others nor by themselves. */
  async missingPlatforms(plan: BuildPlan): Promise<string[]> {
    if (await this.find(plan)) return [];
    const parts = partsOf(plan);
    const found = await Promise.all(parts.map((part) => this.find(part)));
    return parts.flatMap((part, index) => (found[index] ? [] : part.platforms));
  }

  /**
   * Gives an image that is joined from its platforms its tag there, if it can be written to.
   * @returns the image, without `joined` if it is there now.
   */
  async keepJoined(plan: BuildPlan, staged: StagedImage): Promise<StagedImage> {
    const { joined, ...rest } = staged;
    if (joined && !joined.index) return rest;
    if (!joined?.index || !this.isWritable) return staged;
    try {
      await this.#client.put(staged.reference, joined.index, { what: `${staged.reference} was not put there` });
      this.#found.set(keyOf(plan), Promise.resolve(rest));
      return rest;
    } catch (error) {
      if (this.#settings.signal.aborted) throw error;
      this.#availability.unwritable(error);
      return staged;
    }
  }

  /** The labels of each platform of a staged image. */
  labels(staged: Location): Promise<readonly Readonly<Record<string, string>>[]> {
    return this.#content.labels(staged);
  }

  /** The digest of the configuration of an image; none for one of several platforms, or if the registry does not say. */
  configs(staged: Location): Promise<string[]> {
    return this.#content.configs(staged);
  }

  /**
   * Puts an image of the engine there, unless another machine has put one with the same build ID meanwhile: children on all
   * machines start from the same digest.
   *
   * @param replace whether a staged image is replaced, because this one was built on purpose.
   * @returns what is staged now; `outdated` if another machine has replaced a parent since the build; `undefined` if the
   * image is not put there.
   */
  async put(
    plan: BuildPlan,
    image: BuiltImage,
    engine: Engine,
    replace: boolean,
  ): Promise<PutImage | 'outdated' | undefined> {
    if (!this.isWritable || this.#refused.get(plan.buildId)?.isBroken === false) return undefined;
    const there = replace ? undefined : await this.findAgain(plan);
    if (there || !this.isWritable) return there && { ...there, own: false };
    const parents = image.parents.toSorted();
    const wanted = await this.#parentsNow(plan);
    if (!wanted) return undefined;
    if (!isSame(parents, wanted)) return 'outdated';
    const reference = this.reference(plan.buildId);
    try {
      const digest = await this.#push(plan, image, engine, reference);
      // What was built on the former image counts no more.
      this.#found.clear();
      if (!(await isPushedImage(image, { reference, digest }, this.#content))) {
        const other = await this.find(plan);
        return other && { ...other, own: false };
      }
      const staged = { reference, digest, parents };
      this.#found.set(keyOf(plan), Promise.resolve(staged));
      const after = await this.#parentsNow(plan);
      if (!after || isSame(parents, after)) return { ...staged, own: true };
      this.#found.delete(keyOf(plan));
      return 'outdated';
    } catch (error) {
      if (this.#settings.signal.aborted) throw error;
      // What this image was to replace is no substitute for it.
      const other = replace ? undefined : await this.findAgain(plan);
      if (!other) this.#availability.unwritable(error);
      return other && { ...other, own: false };
    }
  }

  /** The digests of the staged parents, asked again; `undefined` if one is not there. */
  async #parentsNow({ parents }: BuildPlan): Promise<string[] | undefined> {
    const found = await Promise.all(parents.map((parent) => this.findAgain(parent)));
    const digests = found.flatMap((parent) => parent?.digest ?? []);
    return digests.length === parents.length ? digests.toSorted() : undefined;
  }

  async #push(plan: BuildPlan, image: BuiltImage, engine: Engine, reference: string): Promise<string> {
    if (image.isThere) return tagInStaging(reference, image.id, this.#client, this.#content);
    const { insecure, signal, access, report } = this.#settings;
    const config = await this.#logIn();
    const onLine = (line: string): void => report.log(plan.folder.project, line);
    return pushToStaging(image, reference, engine, { config, insecure, signal, memory: access.memory, onLine });
  }

  /** What a builder is told to put an image here without a tag. */
  get buildTarget(): BuildTarget {
    return { repository: this.repository, plainHttp: this.#settings.insecure.includes(registryOf(this.repository)) };
  }

  /** The builder could not put an image here. */
  refusesBuilds(error: unknown): void {
    this.#availability.unwritable(error);
  }

  /** A login that is refused is not one that may only read. */
  async #logIn(options: { ownLogins?: boolean } = {}): Promise<RegistrySession | undefined> {
    try {
      return await this.session(options);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'unauthorized') throw error;
      throw new EngineError('registry-failed', error.message, { cause: error });
    }
  }

  /** The logins for a build that starts from images here; `undefined` if the engine's own are used, or the login fails. */
  async buildSession(): Promise<RegistrySession | undefined> {
    try {
      return await this.#logIn({ ownLogins: true });
    } catch (error) {
      this.#availability.unwritable(error);
      return undefined;
    }
  }

  /** Removes the name under which an image is put there from the engine, where a process that was killed has left it. */
  async removeName(buildId: string, engine: Engine): Promise<void> {
    await engine.remove(this.reference(buildId)).catch(() => {});
  }

  /** Gives an image of the repository a reference in the engine. */
  async pull(staged: Pick<StagedImage, 'digest'>, target: string, engine: Engine, project: string): Promise<void> {
    const { insecure, signal, report } = this.#settings;
    const config = await this.session();
    const onLine = (line: string): void => report.log(project, line);
    await engine.pull(this.source(staged), target, { config, insecure, signal, onLine });
  }

  /** Logins for an engine's own requests; `undefined` if its own are used. */
  session({ ownLogins = false } = {}): Promise<RegistrySession | undefined> {
    return this.#settings.access.sessionOf(this.#settings.target, { ownLogins });
  }

  /** How its registry is asked, for other content than images. */
  get clientOptions(): ClientOptions {
    return { ...this.#settings.access.optionsOf(this.#settings.target), policy: patience };
  }

  /** What names a manifest of the repository in others; `undefined` if it is not there. */
  async descriptor(digest: string): Promise<{ mediaType: string; digest: string; size: number } | undefined> {
    const manifest = await this.#content.manifest({ digest });
    return manifest && { mediaType: manifest.mediaType, digest, size: manifest.body.length };
  }

  /** Says something about the repository to the user. */
  note(line: string): void {
    this.#availability.note(line);
  }
}

/** Images of one build ID may differ in what is wanted of them. */
function keyOf({ buildId, document }: BuildPlan): string {
  return [buildId, JSON.stringify(document.attestations ?? {})].join(' ');
}
