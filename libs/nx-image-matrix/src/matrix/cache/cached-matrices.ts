import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { ResolvedOptions } from '../../options/resolve-options.ts';
import { factsOf, sha256, type GeneratedImage, type ImageFacts } from '../generate-image.ts';
import { hasErrors } from '../has-errors.ts';
import { inputsDigest } from '../inputs.ts';
import type { Matrix } from '../matrix.ts';
import { areSame, readMatrices, type Matrices, type MatrixSources } from '../read-matrices.ts';
import { storeContents } from './contents.ts';
import { fingerprint, templatesFingerprint } from './fingerprint.ts';
import { openStore, pluginVersion } from './store.ts';

/**
 * The facts that all images of one template share: stored once per manifest, and read as the same lists for all of
 * them.
 */
type CommonFacts = Pick<ImageFacts, 'templates' | 'sources' | 'contextInputs' | 'excludedPaths' | 'neverEntering'>;

/** An image, with the index of its shared facts. */
type StoredImage = Omit<ImageFacts, keyof CommonFacts> & { common: number };

interface StoredMatrix extends Omit<Matrix, 'images'> {
  common: CommonFacts[];
  images: StoredImage[];
}

interface StoredMatrices {
  fingerprint: string;
  sources: MatrixSources;
  matrices: StoredMatrix[];
  parents: [string, string[]][];
  diagnostics: Diagnostic[];
  dockerfiles: [string, string][];
}

/** Runs a function now or later. */
export type Schedule = (work: () => void) => void;

/**
 * The matrices of a workspace: from the cache of an earlier run if no input has changed, else rendered, and stored
 * unless there are errors. The cache key is the content of the inputs and templates, and the version of this plugin.
 * `schedule` decides when to store.
 */
export function cachedMatrices(
  workspaceRoot: string,
  manifestFiles: readonly string[],
  options: ResolvedOptions,
  environment: NodeJS.ProcessEnv,
  schedule: Schedule = (work) => work(),
): Matrices {
  const store = openStore(workspaceRoot, environment);
  const keyNow = (): string => {
    const inputs = inputsDigest(workspaceRoot, manifestFiles, options, environment);
    return `matrices-${sha256(`${pluginVersion} ${inputs}`).slice(0, 16)}`;
  };
  const key = keyNow();
  const stored = store.read(key) as StoredMatrices | undefined;
  if (stored && isCurrent(workspaceRoot, stored)) return restored(stored);
  const unchanged: (() => boolean)[] = [() => keyNow() === key];
  const matrices = readMatrices(workspaceRoot, manifestFiles, options, environment, {
    beforeRendering(sources) {
      const before = templatesFingerprint(workspaceRoot, sources);
      unchanged.push(() => templatesFingerprint(workspaceRoot, sources) === before);
    },
  });
  unchanged.push(() => areSame(workspaceRoot, matrices.sources));
  if (hasErrors(matrices.diagnostics)) return matrices;
  schedule(() => {
    const print = fingerprint(workspaceRoot, matrices.sources);
    // If a file was edited in the meantime, the result is of its old content, and must not be stored for the new one.
    if (print === undefined || !unchanged.every((check) => check())) return;
    store.write(key, storable(matrices, print));
    for (const matrix of matrices.matrices) storeContents(store, matrix);
  });
  return matrices;
}

/** Ignores an entry of another shape, which another build of the same version may have stored. */
function isCurrent(workspaceRoot: string, stored: StoredMatrices): boolean {
  try {
    return stored.fingerprint === fingerprint(workspaceRoot, stored.sources);
  } catch {
    return false;
  }
}

function storable(matrices: Matrices<GeneratedImage>, print: string): StoredMatrices {
  return {
    fingerprint: print,
    sources: matrices.sources,
    matrices: matrices.matrices.map(storableMatrix),
    parents: [...matrices.parents],
    diagnostics: matrices.diagnostics,
    dockerfiles: [...matrices.dockerfiles],
  };
}

function storableMatrix({ file, contextDir, parts, images }: Matrix<GeneratedImage>): StoredMatrix {
  const common = new CommonList();
  const stored = images.map((image): StoredImage => {
    const { templates, sources, contextInputs, excludedPaths, neverEntering, ...rest } = factsOf(image);
    const shared = { templates, sources, contextInputs, excludedPaths, neverEntering };
    return { ...rest, common: common.placeOf(shared) };
  });
  return { file, contextDir, parts, images: stored, common: common.list };
}

/** The list of distinct shared facts. */
class CommonList {
  readonly list: CommonFacts[] = [];
  readonly #places = new Map<string, number>();
  readonly #latest = new Map<CommonFacts['sources'], { common: CommonFacts; place: number }>();

  /** Images of one template nearly always have the same list objects, so deep comparisons are rare. */
  placeOf(common: CommonFacts): number {
    const latest = this.#latest.get(common.sources);
    if (latest && areIdentical(latest.common, common)) return latest.place;
    const text = JSON.stringify(common);
    const place = this.#places.get(text) ?? this.list.push(common) - 1;
    this.#places.set(text, place);
    this.#latest.set(common.sources, { common, place });
    return place;
  }
}

function areIdentical(one: CommonFacts, other: CommonFacts): boolean {
  return (
    one.templates === other.templates &&
    one.sources === other.sources &&
    one.contextInputs === other.contextInputs &&
    one.excludedPaths === other.excludedPaths &&
    one.neverEntering === other.neverEntering
  );
}

function restored({ sources, matrices, parents, diagnostics, dockerfiles }: StoredMatrices): Matrices {
  return {
    sources,
    matrices: matrices.map(restoredMatrix),
    parents: new Map(parents),
    diagnostics,
    dockerfiles: new Map(dockerfiles),
  };
}

function restoredMatrix({ file, contextDir, parts, images, common }: StoredMatrix): Matrix {
  return {
    file,
    contextDir,
    parts,
    images: images.map(({ common: place, ...rest }) => {
      const shared = common[place];
      if (!shared) throw new Error(`${file}: the cache holds no facts ${place} of "${rest.image.name}".`);
      return { ...rest, ...shared };
    }),
  };
}
