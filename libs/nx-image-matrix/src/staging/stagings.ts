import { messageOf } from '@nx-image-matrix/engine/unknown';
import { readStaging } from '../repositories/repositories.ts';
import { isAttested } from '../build-plan/attestations.ts';
import { readRecord } from '../build-plan/record.ts';
import { moreImages } from '@nx-image-matrix/diagnostics';
import { parseReference } from '@nx-image-matrix/manifest/reference';
import type { ImageFolder } from '../workspace/image-folders.ts';
import type { BuildPlan } from '../build-plan/plan.ts';
import type { StagedImage } from './staged-image.ts';
import { Staging, type StagingSettings } from './staging.ts';

/** The staging repositories of a run, by manifest; those without one are not in it. */
export class Stagings {
  readonly #byManifest = new Map<string, Staging>();
  readonly #problems = new Map<string, string>();

  constructor(
    workspaceRoot: string,
    manifests: Iterable<string>,
    settings: Omit<StagingSettings, 'target' | 'remembered'>,
  ) {
    const remembered = (plan: BuildPlan): StagedImage | undefined => rememberedOf(workspaceRoot, plan);
    for (const manifest of new Set(manifests)) {
      try {
        const target = readStaging(workspaceRoot, manifest, process.env);
        if (target) this.#byManifest.set(manifest, new Staging({ ...settings, target, remembered }));
      } catch (error) {
        this.#problems.set(manifest, messageOf(error));
      }
    }
  }

  get isEmpty(): boolean {
    return this.#byManifest.size === 0;
  }

  /** Why the staging repository of an image cannot be used, although its manifest has one. */
  problemOf({ manifest }: ImageFolder): string | undefined {
    return this.#problems.get(manifest);
  }

  of({ folder }: BuildPlan): Staging | undefined {
    return this.#byManifest.get(folder.manifest);
  }

  /** Warns once of an external base that may move unseen: its staged images are reused all the same. */
  warnOfUnlocked(plans: readonly BuildPlan[], warn: (line: string) => void): void {
    const isUnlocked = ({ document }: BuildPlan): boolean =>
      document.baseImage !== 'scratch' && parseReference(document.baseImage).digest === undefined;
    const found = plans.filter((plan) => this.of(plan) !== undefined && isUnlocked(plan));
    const [first, ...others] = found;
    if (!first) return;
    const images = `${first.document.reference}${moreImages(others.length)}`;
    warn(
      `${first.document.baseImage}, the base of ${images}, has no digest: when it moves, what is staged is reused all the same. Lock it with docker-refresh`,
    );
  }

  /** Asks for the images of these plans, many at once. */
  async prefetch(plans: readonly BuildPlan[]): Promise<void> {
    const groups = [...this.#byManifest].map(([manifest, staging]) =>
      staging.prefetch(plans.filter(({ folder }) => folder.manifest === manifest)),
    );
    await Promise.all(groups);
  }
}

function rememberedOf(workspaceRoot: string, plan: BuildPlan): StagedImage | undefined {
  const record = readRecord(workspaceRoot, plan.folder);
  const { reference, digest, parents } = record?.staging ?? {};
  if (record?.buildId !== plan.buildId || reference === undefined || digest === undefined || !parents) return undefined;
  if (!isAttested(record.attestations, plan.document.attestations)) return undefined;
  return { reference, digest, parents };
}

/** The part of a build record about an image in staging. */
export function recordOf({ reference, digest, parents }: StagedImage): StagedImage {
  return { reference, digest, parents };
}
