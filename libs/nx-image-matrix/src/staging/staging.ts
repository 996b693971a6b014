import {
  BUILD_ID_LABEL,
  EngineError,
  mapLimited,
  type Engine,
  type RegistryClient,
  type RegistrySession,
} from '@nx-image-matrix/engine';
import type { BuildPlan } from '../build-plan/plan.ts';
import { shortId } from '../format/describe.ts';
import type { RegistryAccess } from '../repositories/registry-access.ts';
import type { ActiveRepository } from '../repositories/repositories.ts';
import type { Reporter } from '../executors/progress/reporter.ts';
import { digestsIn, PARENTS_LABEL } from './parents-label.ts';

/** A built image in a staging repository. */
export interface StagedImage {
  /** `ghcr.io/acme/staging:<build ID>` */
  reference: string;
  digest: string;
  /** The digests of its own parents there, sorted. */
  parents: readonly string[];
}

type Located = Pick<StagedImage, 'reference' | 'digest'>;

/** An image in the engine. */
interface BuiltFrom {
  id: string;
  /** The digests of its own parents. */
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
  readonly #found = new Map<string, Promise<StagedImage | undefined>>();
  /** Labels that have been read, by digest: some registries count a GET as a pull. */
  readonly #labels = new Map<string, Promise<readonly Readonly<Record<string, string>>[]>>();
  #isReadable = true;
  #isWritable = true;

  constructor(settings: StagingSettings) {
    this.#settings = settings;
    this.#client = settings.access.clientOf(settings.target, { policy: patience });
  }

  get repository(): string {
    return this.#settings.target.repository;
  }

  /** The tag of an image with a build ID. */
  reference(buildId: string): string {
    return `${this.repository}:${buildId.replace(/^sha256:/, '')}`;
  }

  /** `REPOSITORY@DIGEST`, which stays the same image when the tag moves. */
  source({ digest }: Pick<StagedImage, 'digest'>): string {
    return `${this.repository}@${digest}`;
  }

  /** The staging repository with its account. */
  get target(): ActiveRepository {
    return this.#settings.target;
  }

  /** Whether it can be asked, as far as is known. */
  get isReadable(): boolean {
    return this.#isReadable;
  }

  /** Whether images can be put there, as far as is known. */
  get isWritable(): boolean {
    return this.#isReadable && this.#isWritable;
  }

  /**
   * The staged image of a plan, asked for once in a run; `undefined` if there is none, or none that was built on the
   * parents that are staged now.
   */
  find(plan: BuildPlan): Promise<StagedImage | undefined> {
    let found = this.#found.get(plan.buildId);
    if (!found) {
      found = this.#ask(plan);
      this.#found.set(plan.buildId, found);
    }
    return found;
  }

  /** The same, asked again: another machine may have built it meanwhile, or the tag may be gone. */
  findAgain(plan: BuildPlan): Promise<StagedImage | undefined> {
    this.#found.delete(plan.buildId);
    return this.find(plan);
  }

  /** Asks for many images, some at once. */
  async prefetch(plans: readonly BuildPlan[]): Promise<void> {
    await mapLimited([...plans], AT_ONCE, (plan) => this.find(plan));
  }

  async #ask(plan: BuildPlan): Promise<StagedImage | undefined> {
    if (!this.#isReadable) return undefined;
    const reference = this.reference(plan.buildId);
    try {
      const digest = await this.#client.digest(reference);
      if (digest === undefined) return undefined;
      const parents = await this.#parentsIn(plan, { reference, digest });
      if (!parents) return undefined;
      const now = await Promise.all(plan.parents.map((parent) => this.find(parent)));
      const wanted = now.map((parent) => parent?.digest ?? '').toSorted();
      return isSame(parents, wanted) ? { reference, digest, parents } : undefined;
    } catch (error) {
      this.#unreadable(error);
      return undefined;
    }
  }

  /**
   * The digests of the parents that an image was built on; `undefined` if it is not that of the plan. Whoever may write to
   * the repository can put any image under a tag, so its labels decide.
   */
  async #parentsIn(plan: BuildPlan, staged: Located): Promise<readonly string[] | undefined> {
    const known = this.#settings.remembered(plan);
    if (known?.digest === staged.digest) return known.parents;
    const labels = await this.#labelsOf(staged);
    const [first, ...others] = labels.map((platform) => digestsIn(platform[PARENTS_LABEL]).toSorted());
    if (!first || others.some((other) => !isSame(other, first))) return undefined;
    const lie = labels.find((platform) => platform[BUILD_ID_LABEL] !== plan.buildId);
    if (lie) {
      const found = lie[BUILD_ID_LABEL];
      const has = found ? `has the build ID ${shortId(found)}` : 'was not built by this tool';
      this.#note(`${staged.reference} ${has}; it does not count`);
      return undefined;
    }
    return first;
  }

  #labelsOf(staged: Located): Promise<readonly Readonly<Record<string, string>>[]> {
    const known = this.#labels.get(staged.digest);
    if (known) return known;
    const source = this.source(staged);
    const labels = this.#client
      .manifest(source)
      .then((manifest) => (manifest ? this.#client.labels(source, manifest) : []));
    this.#labels.set(staged.digest, labels);
    return labels;
  }

  /**
   * Puts an image of the engine there, unless another machine has put one with the same build ID meanwhile: children on all
   * machines start from the same digest.
   *
   * @param replace whether a staged image is replaced, because this one was built on purpose.
   * @returns what is staged now; `undefined` if the repository cannot be written to.
   */
  async put(plan: BuildPlan, image: BuiltFrom, engine: Engine, replace: boolean): Promise<PutImage | undefined> {
    if (!this.isWritable) return undefined;
    const there = replace ? undefined : await this.findAgain(plan);
    if (there || !this.isWritable) return there && { ...there, own: false };
    const reference = this.reference(plan.buildId);
    try {
      const digest = await this.#push(plan, image, engine, reference);
      const staged = { reference, digest, parents: image.parents.toSorted() };
      // What was built on the former image counts no more.
      this.#found.clear();
      this.#found.set(plan.buildId, Promise.resolve(staged));
      return { ...staged, own: true };
    } catch (error) {
      if (this.#settings.signal.aborted) throw error;
      // What this image was to replace is no substitute for it.
      const other = replace ? undefined : await this.findAgain(plan);
      if (!other) this.#unwritable(error);
      return other && { ...other, own: false };
    }
  }

  async #push(plan: BuildPlan, { id }: { id: string }, engine: Engine, reference: string): Promise<string> {
    const { insecure, signal, access, report } = this.#settings;
    const config = await this.session();
    await engine.tag(id, reference);
    try {
      const onLine = (line: string): void => report.log(plan.folder.project, line);
      const { digest } = await engine.push(reference, { config, insecure, signal, memory: access.memory, onLine });
      return digest;
    } finally {
      await engine.remove(reference).catch(() => {});
    }
  }

  /** Gives an image of the repository a reference in the engine. */
  async pull(staged: StagedImage, target: string, engine: Engine, project: string): Promise<void> {
    const { insecure, signal, report } = this.#settings;
    const config = await this.session();
    const onLine = (line: string): void => report.log(project, line);
    await engine.pull(this.source(staged), target, { config, insecure, signal, onLine });
  }

  /** Logins for an engine's own requests; `undefined` if its own are used. */
  session({ ownLogins = false } = {}): Promise<RegistrySession | undefined> {
    return this.#settings.access.sessionOf(this.#settings.target, { ownLogins });
  }

  #note(line: string): void {
    this.#settings.report.note('staging', line);
  }

  #unreadable(error: unknown): void {
    if (!(error instanceof EngineError) || error.code === 'interrupted') throw error;
    if (!this.#isReadable) return;
    this.#isReadable = false;
    this.#note(`staging in ${this.repository} is not used in this run: ${error.message}`);
  }

  #unwritable(error: unknown): void {
    if (!(error instanceof EngineError)) throw error;
    if (!this.#isWritable) return;
    this.#isWritable = false;
    const why = error.code === 'unauthorized' ? 'this login may only read' : error.message;
    this.#note(`nothing is put into staging in ${this.repository} in this run: ${why}`);
  }
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
