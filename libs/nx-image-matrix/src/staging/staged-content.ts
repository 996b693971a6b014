import { attestationsOf, configOf, imagesOf, type Manifest, type RegistryClient } from '@nx-image-matrix/engine';
import type { AttestationSettings } from '@nx-image-matrix/manifest';
import { isAttested } from '../build-plan/attestations.ts';
import type { BuildPlan } from '../build-plan/plan.ts';
import type { Availability } from './availability.ts';
import type { Location } from './staged-image.ts';

type Labels = Readonly<Record<string, string>>;

/** What staged images say of themselves, read once for each digest: some registries count a GET as a pull. */
export class StagedContent {
  readonly #client: RegistryClient;
  readonly #repository: string;
  readonly #availability: Availability;
  readonly #labels = new Map<string, Promise<readonly Labels[]>>();
  readonly #attestations = new Map<string, Promise<AttestationSettings>>();

  constructor(client: RegistryClient, repository: string, availability: Availability) {
    this.#client = client;
    this.#repository = repository;
    this.#availability = availability;
  }

  /** `REPOSITORY@DIGEST`, which stays the same image when the tag moves. */
  source({ digest }: Pick<Location, 'digest'>): string {
    return `${this.#repository}@${digest}`;
  }

  /** `undefined` if it is not there. */
  manifest(image: Pick<Location, 'digest'>): Promise<Manifest | undefined> {
    return this.#client.manifest(this.source(image));
  }

  /** The labels of each platform of an image. */
  labels(image: Pick<Location, 'digest'>): Promise<readonly Labels[]> {
    const known =
      this.#labels.get(image.digest) ??
      this.#read(image, [], (manifest) => this.#client.labels(this.source(image), manifest));
    this.#labels.set(image.digest, known);
    return known;
  }

  /** Whether everything is attested that a plan wants. */
  async isAttested({ document: { attestations } }: BuildPlan, image: Pick<Location, 'digest'>): Promise<boolean> {
    if (!attestations) return true;
    const known =
      this.#attestations.get(image.digest) ??
      this.#read(image, {}, (manifest) => attestationsOf(this.#client, this.source(image), manifest));
    this.#attestations.set(image.digest, known);
    return isAttested(await known, attestations);
  }

  /** The digest of the configuration of an image; none for one of several platforms, or if the registry does not say. */
  async configs(image: Pick<Location, 'digest'>): Promise<string[]> {
    const manifest = await this.manifest(image).catch(() => undefined);
    if (!manifest) return [];
    const config = configOf(manifest);
    if (config !== undefined) return [config];
    // With attestations, one image is an index too.
    const [digest, ...others] = imagesOf(manifest);
    return digest === undefined || others.length > 0 ? [] : this.configs({ digest });
  }

  #read<T>(image: Pick<Location, 'digest'>, absent: T, read: (manifest: Manifest) => Promise<T>): Promise<T> {
    return this.#availability.timed(async () => {
      const manifest = await this.manifest(image);
      return manifest ? read(manifest) : absent;
    });
  }
}
