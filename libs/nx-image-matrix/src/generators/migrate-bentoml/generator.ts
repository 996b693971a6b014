import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { listOf, textOf, type Given } from '../given.ts';
import { translateJinja } from './jinja.ts';
import { migrateManifest } from './manifest.ts';

/** Options of the `migrate-bentoml` generator. */
export interface MigrateBentomlOptions {
  /** The manifest of BentoML, relative to the workspace. */
  source: string;
  pythonVersions?: Given;
  releaseVersion?: Given;
}

/**
 * Converts a manifest of BentoML (2021) and its Jinja templates to those of this plugin, at the workspace root, and
 * lists in MIGRATION.md what has no equivalent.
 * @throws Error if the manifest is not one of BentoML's, or there is another one already; nothing is written.
 */
export async function migrateBentoml(tree: Tree, options: MigrateBentomlOptions): Promise<() => void> {
  if (!tree.isFile(options.source)) throw new Error(`There is no file ${options.source} in this workspace.`);
  if (options.source !== 'manifest.yml' && tree.exists('manifest.yml')) {
    throw new Error('There is a manifest.yml already; move it away first.');
  }
  const source = tree.read(options.source, 'utf8')!;
  const pythonVersions =
    options.pythonVersions === undefined ? ['3.8'] : listOf(options.pythonVersions, 'pythonVersions');
  const migrated = migrateManifest(source, pythonVersions, textOf(options.releaseVersion, 'releaseVersion'));
  const problems = migrated.problems.map((problem) => `${options.source}: ${problem}`);
  const folder = posix.dirname(options.source);
  tree.write('manifest.yml', migrated.text);
  for (const path of templatesBelow(tree, posix.join(folder, 'templates'))) {
    const { text, problems: found } = translateJinja(tree.read(path, 'utf8')!);
    const target = posix
      .relative(folder, path)
      .replace(/[-.]dockerfile\.j2$/i, '.Dockerfile.liquid')
      .replace(/\.j2$/, '.liquid');
    tree.write(target, text);
    problems.push(...found.map(({ line, message }) => `${path}:${line}: ${message}`));
  }
  const list = problems.map((problem) => `- ${problem.replaceAll(/\s+/g, ' ')}\n`).join('');
  tree.write('MIGRATION.md', `# What could not be translated\n\n${list || 'Everything was.\n'}`);
  return () => console.log(`\n${problems.length} things could not be translated; MIGRATION.md lists them.\n${list}`);
}

function templatesBelow(tree: Tree, folder: string): string[] {
  return tree.children(folder).flatMap((name) => {
    const path = posix.join(folder, name);
    if (!tree.isFile(path)) return templatesBelow(tree, path);
    return name.endsWith('.j2') ? [path] : [];
  });
}
