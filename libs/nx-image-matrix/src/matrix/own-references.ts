import { matchesWildcard } from '@nx-image-matrix/dockerfile';
import { isOneSlip } from '@nx-image-matrix/diagnostics';
import { familiarName, familiarReference, parseReference } from '@nx-image-matrix/manifest/reference';

/** Finds the images of a workspace that references in Dockerfiles mean. */
export class OwnReferences<T> {
  readonly #known = new Map<string, T>();
  readonly #repositories = new Set<string>();
  /** Hundreds of images start `FROM` the same few. */
  readonly #familiarNames = new Map<string, string>();
  readonly #slips = new Map<string, string | undefined>();

  constructor(images: Iterable<readonly [reference: string, image: T]>) {
    for (const [reference, image] of images) {
      const name = this.#familiar(reference);
      this.#known.set(name, image);
      this.#repositories.add(name.slice(0, name.lastIndexOf(':')));
    }
  }

  /** The image of that name; if a part of it is unknown (`*`), all images that may be meant. */
  find(reference: string): T[] {
    const name = this.#familiar(reference);
    if (name.includes('*'))
      return [...this.#known].flatMap(([own, image]) => (matchesWildcard(name, own) ? [image] : []));
    const image = this.#known.get(name);
    return image === undefined ? [] : [image];
  }

  /** Whether a reference has the name of an own package, whatever its tag; one with a digest is external. */
  isOurs(reference: string): boolean {
    return parseReference(reference).digest === undefined && this.#repositories.has(familiarName(reference));
  }

  /**
   * The own reference that this one was probably meant to be: the same tag, and a name that differs by one letter or by
   * two swapped letters. External images may have similar names, but hardly any has the same tag too.
   */
  oneSlipAway(reference: string): string | undefined {
    if (!this.#slips.has(reference)) this.#slips.set(reference, this.#findSlip(reference));
    return this.#slips.get(reference);
  }

  #findSlip(reference: string): string | undefined {
    const { tag = 'latest', digest } = parseReference(reference);
    if (digest !== undefined) return undefined;
    const name = familiarName(reference);
    const near = [...this.#repositories].find((own) => isOneSlip(name, own) && this.#known.has(`${own}:${tag}`));
    return near === undefined ? undefined : `${near}:${tag}`;
  }

  #familiar(reference: string): string {
    const name = this.#familiarNames.get(reference) ?? familiarReference(reference);
    this.#familiarNames.set(reference, name);
    return name;
  }

  /** The references of all images. */
  names(): Iterable<string> {
    return this.#known.keys();
  }
}
