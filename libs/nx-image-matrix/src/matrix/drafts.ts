import { Family } from '@nx-image-matrix/dockerfile';
import type { Image } from '@nx-image-matrix/manifest';
import { draftImage, type Draft } from './draft.ts';
import { generateImage, type GenerateContext, type GenerateResult } from './generate-image.ts';
import { OwnReferences } from './own-references.ts';

/** An image that is to be rendered, and with what. */
export interface PlannedImage {
  image: Image;
  context: GenerateContext;
}

/** Renders images, each once, and before them those of ours that they start FROM. */
export class Drafts {
  readonly #own: OwnReferences<PlannedImage>;
  readonly #family = new Family();
  readonly #drafts = new Map<PlannedImage, Draft>();

  /** `all` are those of the workspace; only those are rendered that somebody asks for. */
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
      draft = draftImage(planned.image, planned.context, (reference) =>
        this.#own.find(reference).flatMap((parent) => this.#draft(parent).member ?? []),
      );
      this.#drafts.set(planned, draft);
    }
    return draft;
  }
}
