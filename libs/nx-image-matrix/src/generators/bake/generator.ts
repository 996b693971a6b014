import { join, posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { checkBuildSecrets } from '@nx-image-matrix/engine';
import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import type { ImageFacts } from '../../matrix/generate-image.ts';
import { createFolderFinder, isOnDisk } from '../../matrix/on-disk.ts';
import { generatedImagesOf, type AllMatrices } from '../../matrix/generated-images-of.ts';
import { hasErrors } from '../../matrix/has-errors.ts';
import { passwordVariables } from '../../repositories/passwords.ts';
import { secretLimits } from '../../secrets/build-secrets.ts';
import type { OptionsOf } from '../../options/manifest-options.ts';
import { sourceReader } from '../../workspace/source-reader.ts';
import { requireManifests, workspaceOfGenerator, type Workspace } from '../../workspace/workspace.ts';
import { listOf, type Given } from '../given.ts';
import { bakeFile, formatBakeFile, isOfRun, type BakeOptions } from './bake-file.ts';
import { checkOutput, checkPackages, checkRepositories, withTags } from './check-options.ts';

/** Options of the `bake` generator. */
export interface BakeGeneratorOptions {
  /** Output file, relative to the workspace. */
  output?: string;
  packages?: Given;
  /** Nx tags of the images, as `docker-matrix` takes them. */
  tag?: Given;
  repositories?: Given;
  floatingTags?: boolean;
}

const note =
  'Made by "nx g nx-image-matrix:bake" from the image matrix. Bake is to be started in the workspace folder.';

/**
 * Writes the matrix as a file for `docker buildx bake`.
 * @throws Error if a manifest or a template has errors, an option matches nothing, a build secret may not be read, or
 * the file was written by something else
 */
export async function bake(tree: Tree, options: BakeGeneratorOptions): Promise<() => void> {
  const output = posix.normalize(options.output ?? 'docker-bake.json');
  checkOutput(tree, output);
  const workspace = await workspaceOfGenerator(tree);
  const matrices = readAll(workspace);
  await checkSecrets(tree.root, matrices, workspace.optionsOf);
  const images = inOrder(matrices);
  const chosen: BakeOptions = {
    floatingTags: options.floatingTags,
    packages: namesIn(options.packages, 'packages'),
    images: withTags(images, namesIn(options.tag, 'tag') ?? [], (project) => workspace.projects[project]?.tags),
    repositories: namesIn(options.repositories, 'repositories'),
  };
  checkPackages(chosen.packages, images);
  checkRepositories(chosen.repositories, images);
  const text = formatBakeFile(bakeFile(images, chosen), note);
  if (tree.read(output, 'utf8') !== text) tree.write(output, text);
  const notes = notesOn(tree.root, images);
  return () => notes.forEach((line) => console.warn(line));
}

function readAll(workspace: Workspace): AllMatrices {
  requireManifests(workspace);
  const matrices = generatedImagesOf(workspace);
  if (hasErrors(matrices.diagnostics))
    throw new Error(formatDiagnostics(matrices.diagnostics, sourceReader(workspace.root, matrices.dockerfiles)));
  return matrices;
}

/**
 * Bake would read secrets that `docker-build` rejects.
 * @throws EngineError for the first such secret
 */
async function checkSecrets(root: string, { matrices }: AllMatrices, optionsOf: OptionsOf): Promise<void> {
  const passwords = passwordVariables(
    root,
    matrices.map(({ file }) => file),
  );
  for (const { file, contextDir, images } of matrices) {
    const limits = secretLimits(root, optionsOf(file).buildSecrets, passwords);
    const secrets = new Map(
      images.flatMap(({ document }) => (document.secrets ?? []).map((secret) => [JSON.stringify(secret), secret])),
    );
    await checkBuildSecrets([...secrets.values()], join(root, contextDir), limits);
  }
}

function inOrder({ matrices }: AllMatrices): ImageFacts[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return matrices.flatMap(({ images }) => images).toSorted((a, b) => compare(a.document.folder, b.document.folder));
}

function namesIn(given: Given, option: string): string[] | undefined {
  const names = listOf(given, option);
  return names.length > 0 ? names : undefined;
}

/** Notes for users who build with this file. */
function notesOn(root: string, images: readonly ImageFacts[]): string[] {
  const kindOf = createFolderFinder(root);
  const isCurrent = ({ document: { folder }, files }: ImageFacts): boolean =>
    kindOf(folder) === 'folder' && isOnDisk(root, folder, files, kindOf);
  const stale = images.filter((image) => !isCurrent(image)).length;
  const tags = images.flatMap(({ document }) => document.tags).filter(isOfRun).length;
  return [
    ...(stale > 0 ? [`The files of ${stale} images are stale: run "nx sync" before bake.`] : []),
    ...(tags > 0 ? [`Left out: ${tags} tags with the date or the commit of a run.`] : []),
  ];
}
