import { Family, ReferencePinner } from '@nx-image-matrix/dockerfile';
import { lockedDigest } from '@nx-image-matrix/manifest';
import { draftImage, type Draft, type PlannedImage } from './draft.ts';
import { familiarReference } from '@nx-image-matrix/manifest/reference';
import type { GenerateContext } from './generate-context.ts';
import { generateImage, type GenerateResult, type ImageOrigin } from './generate-image.ts';
import { OwnReferences } from './own-references.ts';

/** Renders images, each once, and their own parents first. */
export class Drafts {
  readonly #own: OwnReferences<PlannedImage>;
  readonly #family = new Family();
  readonly #drafts = new Map<PlannedImage, Draft>();
  readonly #pinners = new Map<GenerateContext, ReferencePinner>();

  /** `all` are those of the workspace; only requested ones are rendered. */
  constructor(all: readonly PlannedImage[]) {
    this.#own = new OwnReferences(all.map((planned) => [planned.image.reference, planned]));
  }

  generate(planned: PlannedImage): GenerateResult {
    return generateImage(this.#draft(planned), this.#family, this.#originOf(planned));
  }

  /** Whether a reference means an image of this workspace. */
  isOwn(reference: string): boolean {
    return this.#own.find(reference).length > 0;
  }

  /** The Dockerfiles that have been rendered. */
  dockerfiles(): { file: string; text: string }[] {
    return [...this.#drafts.values()].flatMap(({ dockerfile }) => dockerfile ?? []);
  }

  /** The images that an image starts from according to its Dockerfile. */
  #originOf(planned: PlannedImage, passed = new Set<PlannedImage>()): ImageOrigin {
    const { from, baseImage, parent: named } = planned.image;
    const base = this.#draft(planned).member?.facts.base;
    const isFrom = base === undefined || familiarReference(base) === familiarReference(from);
    if (isFrom && named === undefined) return { from, baseImage };
    const written = isFrom ? from : base;
    const [parent] = this.#own.find(written);
    if (!parent || passed.has(parent)) return { from: written, baseImage: isFrom ? baseImage : written };
    return { from: written, baseImage: this.#originOf(parent, passed.add(planned)).baseImage };
  }

  #draft(planned: PlannedImage): Draft {
    let draft = this.#drafts.get(planned);
    if (!draft) {
      draft = draftImage(planned, {
        pinner: this.#pinnerOf(planned.context),
        parentsOf: (reference) => this.#own.find(reference).flatMap((parent) => this.#draft(parent).member ?? []),
      });
      this.#drafts.set(planned, draft);
    }
    return draft;
  }

  /** Pins external images; own ones get no digest. */
  #pinnerOf(context: GenerateContext): ReferencePinner | undefined {
    const { baseLock, dockerfiles } = context;
    if (!baseLock || baseLock.size === 0) return undefined;
    const known = this.#pinners.get(context);
    if (known) return known;
    const pinner = new ReferencePinner(dockerfiles, (reference) =>
      this.isOwn(reference) ? undefined : lockedDigest(baseLock, reference)?.digest,
    );
    this.#pinners.set(context, pinner);
    return pinner;
  }
}
