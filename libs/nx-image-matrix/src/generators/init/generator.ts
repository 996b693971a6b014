import type { Tree } from '@nx/devkit';
import { manifestOptions } from '../../options/manifest-options.ts';
import { resolveOptions } from '../../options/resolve-options.ts';
import { changeFile } from './change-file.ts';
import { associateSchema, recommendExtension } from './editor.ts';
import { outputFolders, protectOutput } from './output-folders.ts';
import { hasPlugin, registerPlugin, type NxSettings } from './nx-json.ts';

/** Options of the `init` generator. */
export interface InitOptions {
  /** Folder of the generated files, if the plugin has no entry in `nx.json` yet. */
  outputDir?: string;
}

/** The generator of `nx add nx-image-matrix`. Keeps everything that exists, so it can be run again. */
export async function init(tree: Tree, { outputDir }: InitOptions): Promise<void> {
  const { readNxJson } = await import('@nx/devkit');
  const settings = readNxJson(tree) ?? {};
  const given = resolveOptions({ outputDir });
  const optionsOf = hasPlugin(settings as NxSettings) ? manifestOptions(settings, tree.root) : () => given;
  changeFile(tree, 'nx.json', (text) =>
    registerPlugin(text, settings as NxSettings, outputDir === undefined ? {} : { outputDir: given.outputDir }),
  );
  changeFile(tree, '.vscode/settings.json', (text) => associateSchema(text, schemaPath(tree)));
  changeFile(tree, '.vscode/extensions.json', recommendExtension);
  await protectOutput(tree, await outputFolders(tree, optionsOf));
}

/** Without a `package.json` Nx installs its packages in a folder of its own. */
function schemaPath(tree: Tree): string {
  const modules = tree.exists('package.json') ? 'node_modules' : '.nx/installation/node_modules';
  return `${modules}/nx-image-matrix/schemas/manifest.schema.json`;
}
