import { Family } from '@nx-image-matrix/dockerfile';
import { draftImage, type Draft, type PlannedImage } from './draft.ts';
import { generateImage, type GenerateResult } from './generate-image.ts';
import { OwnReferences } from './own-references.ts';

/** Renders images, each once, and their own parents first. */
export class Drafts {
  readonly #own: OwnReferences<PlannedImage>;
  readonly #family = new Family();
  readonly #drafts = new Map<PlannedImage, Draft>();

  /** `all` are those of the workspace; only requested ones are rendered. */
  constructor(all: readonly PlannedImage[]) {
    this.#own = new OwnReferences(all.map((planned) => [planned.image.reference, planned]));
  }

  generate(planned: PlannedImage): GenerateResult {
    return generateImage(this.#draft(planned), this.#family);
  }

  /** The Dockerfiles that have been rendered. */
  dockerfiles(): { file: string; text: string }[] {
    return [...this.#drafts.values()].flatMap(({ dockerfile }) => dockerfile ?? []);
  }

  #draft(planned: PlannedImage): Draft {
    let draft = this.#drafts.get(planned);
    if (!draft) {
      draft = draftImage(planned, (reference) =>
        this.#own.find(reference).flatMap((parent) => this.#draft(parent).member ?? []),
      );
      this.#drafts.set(planned, draft);
    }
    return draft;
  }
}
