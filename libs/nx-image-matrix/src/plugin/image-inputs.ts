import { posix } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { literalGlob } from '@nx-image-matrix/dockerfile';
import type { ImageFacts } from '../matrix/generate-image.ts';
import { laterFields, testFields } from '../matrix/image-json.ts';

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
  // Not every Nx version treats a path with special characters literally.
  const knowsFields = jsonInputs && literalGlob(document) === document;
  const without = (fields: readonly string[]): Inputs => {
    const others = [`!${inWorkspace(document)}`, { json: inWorkspace(document), excludeFields: [...fields] }];
    return inputsOf(
      own.filter((path) => path !== document),
      others,
    );
  };
  const hasTests = generated.image.tests.length > 0;
  const image = knowsFields && hasTests ? without(testFields) : inputsOf(own, []);
  if (!isParent) return { image };
  return { image, imageBuild: knowsFields ? without(laterFields) : image };
}

/** The field of an image's document that only its tests depend on; nothing where Nx cannot tell it from the others. */
export function testsInput(generated: ImageFacts, { contextDir, jsonInputs }: ImageInputsContext): Inputs {
  const document = posix.join(contextDir, generated.image.dir, 'image.json');
  if (!jsonInputs || literalGlob(document) !== document) return [];
  return [{ json: inWorkspace(document), fields: [...testFields] }];
}

/** A fileset of Nx. */
export function inWorkspace(glob: string): string {
  return `{workspaceRoot}/${glob}`;
}
