import { posix } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { literalGlob } from '@nx-image-matrix/dockerfile';
import type { ImageFacts } from '../matrix/generate-image.ts';
import { laterFields } from '../matrix/image-json.ts';

export type Inputs = NonNullable<TargetConfiguration['inputs']>;

export interface ImageInputsContext {
  contextDir: string;
  /** Globs, relative to the workspace, of files in copied folders that are not inputs. */
  excludedInputs: readonly string[];
  /** Globs, relative to the workspace, of other files that it includes. */
  furtherInputs: readonly string[];
  /** Whether an image of the workspace starts `FROM` it. */
  isParent: boolean;
  /** Whether Nx supports fields of a JSON file as inputs. */
  jsonInputs: boolean;
}

/**
 * The named inputs of an image: its own and copied files (`image`), and for a parent the same without what no build
 * reads, which its children depend on (`imageBuild`).
 */
export function imageInputs(
  generated: ImageFacts,
  context: ImageInputsContext,
): { image: Inputs; imageBuild?: Inputs } {
  const { contextDir, isParent, excludedInputs, furtherInputs, jsonInputs } = context;
  const root = posix.join(contextDir, generated.image.dir);
  const own = generated.files.map(({ path }) => `${root}/${path}`);
  // The pattern is for deleted files of the folder.
  const below = `${literalGlob(root)}/**/*`;
  const prefix = contextDir === '' ? '' : `${literalGlob(contextDir)}/`;
  const copied = [...generated.contextInputs.map((glob) => prefix + glob), ...furtherInputs];
  const document = `${root}/image.json`;
  const inputsOf = (files: readonly string[], others: Inputs): Inputs => [
    ...[...new Set([...files.map(literalGlob), below, ...copied])].map(inWorkspace),
    ...others,
    ...excludedInputs.map((glob) => `!${inWorkspace(glob)}`),
  ];
  const image = inputsOf(own, []);
  if (!isParent) return { image };
  // Not every Nx version treats a path with special characters literally.
  if (!jsonInputs || literalGlob(document) !== document) return { image, imageBuild: image };
  const others = [`!${inWorkspace(document)}`, { json: inWorkspace(document), excludeFields: [...laterFields] }];
  return {
    image,
    imageBuild: inputsOf(
      own.filter((path) => path !== document),
      others,
    ),
  };
}

/** A fileset of Nx. */
export function inWorkspace(glob: string): string {
  return `{workspaceRoot}/${glob}`;
}
