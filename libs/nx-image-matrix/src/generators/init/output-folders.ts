import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { isImageMatrix } from '@nx-image-matrix/manifest';
import type { OptionsOf } from '../../options/manifest-options.ts';
import { PartFiles } from '../../matrix/part-files.ts';
import { isManifestFolder, manifestGlob, manifestsAmong } from '../../workspace/manifests.ts';
import { changeFile } from './change-file.ts';
import { ignoreInFormatters } from './formatter-files.ts';
import { markGenerated } from './git-attributes.ts';
import { excludeFromOthers, type NxSettings } from './nx-json.ts';

/** The output folders next to existing manifests; the one at the top if there is no manifest yet. */
export async function outputFolders(tree: Tree, optionsOf: OptionsOf): Promise<string[]> {
  const { globAsync } = await import('@nx/devkit');
  const files = await globAsync(tree, [manifestGlob]);
  const texts = new Map(files.map((path) => [path, tree.read(path, 'utf8') ?? '']));
  const manifests = manifestsAmong(files).filter((path) =>
    isImageMatrix(isManifestFolder(path) ? undefined : texts.get(path), path, new PartFiles(tree.root, texts)),
  );
  if (manifests.length === 0) return [optionsOf('manifest.yml').outputDir];
  return [...new Set(manifests.map((path) => posix.join(posix.dirname(path), optionsOf(path).outputDir)))].sort();
}

/**
 * Excludes these folders of generated files in git, formatters and other plugins, and prints what changed: a
 * formatted file is no longer the generated one, and the targets that other plugins infer from Dockerfiles fail.
 */
export async function protectOutput(tree: Tree, folders: readonly string[]): Promise<void> {
  const { readNxJson } = await import('@nx/devkit');
  for (const folder of folders) changeFile(tree, '.gitattributes', (text) => markGenerated(text, folder));
  const formatters = new Set(folders.flatMap((folder) => ignoreInFormatters(tree, folder)));
  const { text, changed } = excludeFromOthers(
    tree.read('nx.json', 'utf8') ?? '{}',
    (readNxJson(tree) ?? {}) as NxSettings,
    folders,
  );
  if (changed.length > 0) tree.write('nx.json', text);
  const names = folders.map((folder) => `${folder}/`).join(', ');
  if (formatters.size > 0) console.log(`Formatters now leave ${names} alone: ${[...formatters].join(', ')}`);
  for (const name of changed) {
    console.log(
      `${name} would make targets for every generated Dockerfile; its entry in nx.json now excludes ${names}`,
    );
  }
}
