import { matchesWildcard } from '@nx-image-matrix/dockerfile';
import { isOneSlip } from '@nx-image-matrix/diagnostics';

/** Finds the images of a workspace that the references of Dockerfiles mean. */
export class OwnReferences<T> {
  readonly #known = new Map<string, T>();
  readonly #repositories = new Set<string>();
  readonly #slips = new Map<string, string | undefined>();

  constructor(images: Iterable<readonly [reference: string, image: T]>) {
    for (const [reference, image] of images) {
      const name = canonical(reference);
      this.#known.set(name, image);
      this.#repositories.add(repositoryOf(name));
    }
  }

  /** The image of that name; where a part of it is not known (`*`), all those that may be meant. */
  find(reference: string): T[] {
    const name = canonical(reference);
    if (name.includes('*'))
      return [...this.#known].flatMap(([own, image]) => (matchesWildcard(name, own) ? [image] : []));
    const image = this.#known.get(name);
    return image === undefined ? [] : [image];
  }

  /** Whether a reference has the name of one of our packages, whatever its tag. */
  isOurs(reference: string): boolean {
    return this.#repositories.has(repositoryOf(canonical(reference)));
  }

  /**
   * The reference of ours that this one was probably meant to be: with the same tag, and a name that differs by one letter
   * or by two swapped ones. Other images of the world are called nearly like ours; hardly any has the same tag as well.
   */
  oneSlipAway(reference: string): string | undefined {
    if (!this.#slips.has(reference)) this.#slips.set(reference, this.#findSlip(canonical(reference)));
    return this.#slips.get(reference);
  }

  #findSlip(name: string): string | undefined {
    const tag = name.slice(name.lastIndexOf(':'));
    const repository = repositoryOf(name);
    const near = [...this.#repositories].find((own) => isOneSlip(repository, own) && this.#known.has(own + tag));
    return near === undefined ? undefined : near + tag;
  }

  /** The references of all images. */
  names(): Iterable<string> {
    return this.#known.keys();
  }
}

/** A reference as an engine completes it: https://pkg.go.dev/github.com/distribution/reference#ParseNormalizedNamed */
function canonical(reference: string): string {
  const name = reference.replace(/^(?:index\.)?docker\.io\/(?:library\/)?/, '');
  return /[:@][^/]*$/.test(name) ? name : `${name}:latest`;
}

function repositoryOf(reference: string): string {
  return reference.slice(0, reference.lastIndexOf(':'));
}
