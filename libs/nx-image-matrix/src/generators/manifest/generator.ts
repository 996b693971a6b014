import { join, posix } from 'node:path';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import { formatTable } from '@nx-image-matrix/format';
import { isImageMatrix } from '@nx-image-matrix/manifest';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import { matrixProjectName } from '../../plugin/matrix-project.ts';
import { manifestOptions } from '../../options/manifest-options.ts';
import { PartFiles } from '../../matrix/part-files.ts';
import { folderName, isManifestFolder, manifestNames } from '../../workspace/manifests.ts';
import { workspaceOfManifests } from '../../workspace/workspace.ts';
import { init } from '../init/generator.ts';
import { hasPlugin, type NxSettings } from '../init/nx-json.ts';
import { protectOutput } from '../init/output-folders.ts';
import { checkedImages } from '../checked-images.ts';
import { folderOf, packageNameFrom } from './names.ts';
import { repositorySection } from './repository.ts';

/** Options of the `manifest` generator. */
export interface ManifestOptions {
  preset?: 'minimal' | 'python';
  /** Folder of the manifest. Default: the workspace root. */
  directory?: string;
  /** Default: the name of the workspace. */
  package?: string;
  /** Prefix of the package's repository: `docker.io/acme`. */
  repository?: string;
  /** With images for CUDA; preset `python` only. */
  cuda?: boolean;
}

/**
 * Writes a manifest with templates and sources that can be built at once.
 * @throws Error if there is a manifest already, or a name is invalid; then nothing is written.
 */
export async function manifest(tree: Tree, options: ManifestOptions): Promise<GeneratorCallback> {
  const { readJson, readNxJson } = await import('@nx/devkit');
  const { preset = 'minimal', cuda = false } = options;
  if (cuda && preset !== 'python')
    throw new Error('Only the preset "python" has images for CUDA: add --preset=python.');
  const folder = folderOf(options.directory ?? '');
  refuseExisting(tree, folder);
  const ownName = tree.exists('package.json') ? readJson<{ name?: string }>(tree, 'package.json').name : undefined;
  const packageName = options.package ?? packageNameFrom(ownName ?? '');

  const before = readNxJson(tree) ?? {};
  if (!hasPlugin(before as NxSettings)) await init(tree, {});
  await writePresets(tree, folder, cuda ? ['python', 'python-cuda'] : [preset], {
    package: packageName,
    repository: repositorySection(options.repository, packageName),
    project: matrixProjectName(folder),
    cuda,
  });
  const file = posix.join(folder, 'manifest.yml');
  const optionsOf = manifestOptions(readNxJson(tree) ?? {}, tree.root);
  const { outputDir, targets } = optionsOf(file);
  await protectOutput(tree, [posix.join(folder, outputDir)]);
  const text = tree.read(file, 'utf8') ?? '';
  const images = checkedImages(workspaceOfManifests(tree, optionsOf, [file]), new Map([[file, text]])).get(file) ?? [];
  return () => printNextSteps(file, images.length, matrixProjectName(folder), targets);
}

function refuseExisting(tree: Tree, folder: string): void {
  for (const path of [...manifestNames, folderName].map((name) => posix.join(folder, name))) {
    const isThere = isManifestFolder(path)
      ? isImageMatrix(undefined, path, new PartFiles(tree.root))
      : tree.exists(path);
    if (!isThere) continue;
    throw new Error(
      `${path} is there already. Choose another folder with --directory, or add to it: ` +
        'nx g nx-image-matrix:distro, :package and :cuda.',
    );
  }
}

async function writePresets(tree: Tree, folder: string, presets: string[], values: Record<string, unknown>) {
  const { generateFiles, OverwriteStrategy } = await import('@nx/devkit');
  for (const preset of presets) {
    try {
      generateFiles(tree, join(__dirname, '../presets', preset), folder, values, {
        overwriteStrategy: OverwriteStrategy.ThrowIfExisting,
      });
    } catch (error) {
      throw new Error(`${messageOf(error)}. Nothing was written; choose another folder with --directory.`, {
        cause: error,
      });
    }
  }
}

async function printNextSteps(
  file: string,
  count: number,
  project: string,
  targets: { build: string; matrix: string; push: string },
): Promise<void> {
  const { getPackageManagerCommand } = await import('@nx/devkit');
  const nx = `${getPackageManagerCommand().exec} nx`;
  const steps = formatTable(
    [`  ${nx} sync`, 'writes their Dockerfiles, to be committed'],
    [
      [`  ${nx} run ${project}:${targets.matrix}`, 'shows them'],
      [`  ${nx} run-many -t ${targets.build}`, 'builds what is not up to date'],
      [`  ${nx} run-many -t ${targets.push}`, 'pushes to every active repository'],
    ],
  );
  console.log(`\n${file} describes ${count} images. Next:\n\n${steps}\n`);
}
