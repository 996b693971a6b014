import { findEngine, type Engine, type EngineImage } from '@nx-image-matrix/engine';
import { suggest } from '@nx-image-matrix/diagnostics';
import type { Image } from '@nx-image-matrix/manifest';
import { BuildPlanner } from '../../build-plan/plan.ts';
import { currentImage } from '../../build-plan/current-image.ts';
import { engineChoice } from '../../options/resolve-options.ts';
import { imageFolders, type ImageFolder } from '../../workspace/image-folders.ts';
import type { GraphWorkspace } from '../../workspace/workspace.ts';
import { checkedImages } from '../checked-images.ts';

/** An image of the manifest that is built from the current files. */
export interface BuiltImage {
  image: Image;
  engine: Engine;
  inEngine: EngineImage;
}

/** The images of a release type. */
export interface ImagesOfType {
  built: [BuiltImage, ...BuiltImage[]];
  /** Projects of those that are not built here. */
  others: string[];
  /** All, as the manifest has them. */
  images: Image[];
}

/**
 * The images of a release type that the engine has as they are now.
 * @throws Error if there are none, with the command that builds one; EngineError if no engine answers
 */
export async function builtImages(
  workspace: GraphWorkspace,
  manifest: string,
  releaseType: string,
): Promise<ImagesOfType> {
  const all = checkedImages({ ...workspace, manifests: [manifest] }).get(manifest) ?? [];
  const typeOf = ({ variables }: Image): string => variables.release_type;
  const images = all.filter((image) => typeOf(image) === releaseType);
  if (images.length === 0) throw unknownType(manifest, releaseType, [...new Set(all.map(typeOf))]);
  const { root } = workspace;
  const engine = await findEngine(engineChoice(workspace.optionsOf(manifest)));
  const folders = imageFolders({ projectsConfigurations: workspace });
  const planner = new BuildPlanner(root, folders, engine.platforms);
  const held = await engine.images(images.map(({ reference }) => reference));
  const built: BuiltImage[] = [];
  const others: string[] = [];
  for (const image of images) {
    const inEngine = await currentOf(root, planner, folders.get(image.name), held);
    if (inEngine) built.push({ image, engine, inEngine });
    else others.push(image.name);
  }
  const [first, ...more] = built;
  if (!first) {
    const { build } = workspace.optionsOf(manifest).targets;
    throw new Error(
      `No image of the release type ${releaseType} is built from the current files, so there are no facts to test. ` +
        `Build at least one first, better all: nx run-many -t ${build} -p ${others.join()}`,
    );
  }
  return { built: [first, ...more], others, images };
}

async function currentOf(
  root: string,
  planner: BuildPlanner,
  folder: ImageFolder | undefined,
  held: ReadonlyMap<string, EngineImage>,
): Promise<EngineImage | undefined> {
  // A file that is missing counts as not built.
  const plan = folder && (await planner.plan(folder).catch(() => undefined));
  return plan && currentImage(root, plan, held)?.image;
}

function unknownType(manifest: string, releaseType: string, types: readonly string[]): Error {
  const near = suggest(releaseType, types);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  return new Error(
    `${manifest} has no image of the release type ${releaseType}; there are ${types.join(', ')}.${hint}`,
  );
}
