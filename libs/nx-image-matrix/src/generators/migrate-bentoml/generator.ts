import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { manifestOptions } from '../../options/manifest-options.ts';
import { manifestNames } from '../../workspace/manifests.ts';
import { listOf, textOf, type Given } from '../given.ts';
import { hasPlugin } from '../init/nx-json.ts';
import { folderOf } from '../manifest/names.ts';
import { migrateManifest, versionArguments } from './manifest.ts';
import { copiedPaths, migrateTemplates } from './templates.ts';
import { graphErrors } from './verify.ts';

/** Options of the `migrate-bentoml` generator. */
export interface MigrateBentomlOptions {
  /** The manifest of BentoML, relative to the workspace. */
  source: string;
  /** Folder of the new manifest, which is the build context. Default: that of the old one. */
  directory?: string;
  pythonVersions?: Given;
  releaseVersion?: Given;
}

/** The list of what is left to do, relative to the workspace. */
const LIST = 'MIGRATION.md';

/**
 * Converts a manifest of BentoML (2021) and its Jinja templates to those of this plugin, beside the old ones, and lists
 * in MIGRATION.md what has no equivalent and what keeps the project graph from loading.
 * @throws Error if the manifest is not one of BentoML's, or a file is there already; nothing is written.
 */
export async function migrateBentoml(tree: Tree, options: MigrateBentomlOptions): Promise<() => void> {
  const source = folderOf(options.source);
  if (!tree.isFile(source)) throw new Error(`There is no file ${source} in this workspace.`);
  const folder = posix.dirname(source);
  const target = options.directory === undefined ? folder : folderOf(options.directory) || '.';
  const text = tree.read(source, 'utf8') ?? '';
  const pythonVersions = options.pythonVersions === undefined ? [] : listOf(options.pythonVersions, 'pythonVersions');
  const version = textOf(options.releaseVersion, 'releaseVersion');
  const read = (usesVersion: boolean): ReturnType<typeof migrateManifest> =>
    migrateManifest(text, pythonVersions.length > 0 ? pythonVersions : ['3.8'], version, usesVersion);
  const templates = migrateTemplates(tree, folder, ['templates', ...read(true).templatesDirs], versionArguments);
  const manifest = read([...templates.files.values()].some((liquid) => liquid.includes('BENTOML_VERSION')));

  const name = newName(tree, source, target);
  const path = posix.join(target, name);
  const files = new Map([[path, manifest.text]]);
  for (const [file, liquid] of templates.files) files.set(posix.join(target, file), liquid);
  for (const file of [...files.keys(), LIST]) {
    if (tree.exists(file)) throw new Error(`${file} is there already, and nothing is overwritten. Move it away first.`);
  }
  const { readNxJson } = await import('@nx/devkit');
  const nxJson = readNxJson(tree) ?? {};
  const problems = [
    ...manifest.problems.map(({ line, message }) => `${source}:${line}: ${message}`),
    ...[...templates.problems].flatMap(([file, found]) =>
      found.map(({ line, message }) => `${file}:${line}: ${message}`),
    ),
    ...(target === folder ? [] : copiedPaths(tree, folder, templates).map(moved(folder, target))),
  ].map(onOneLine);
  const errors = graphErrors(path, files, manifestOptions(nxJson, tree.root)).map(onOneLine);
  for (const [file, content] of files) tree.write(file, content);
  tree.write(LIST, listing(problems, errors));
  const notes = [
    ...hideSource(tree, source, path),
    ...(hasPlugin(nxJson) ? [] : ['The plugin is not in nx.json yet: nx g nx-image-matrix:init']),
  ];
  return () => console.log(`\n${summary(problems, errors)}\n${notes.map((note) => `${note}\n`).join('')}`);
}

/** The old manifest stays as it is. If it has the name of a manifest, the new one gets the other name. */
function newName(tree: Tree, source: string, target: string): string {
  const taken = manifestNames.filter((name) => tree.exists(posix.join(target, name)));
  const own = taken.find((name) => posix.join(target, name) === source);
  const other = taken.find((name) => name !== own);
  const free = manifestNames.find((name) => name !== own);
  if (other === undefined && free !== undefined) return free;
  throw new Error(
    `${posix.join(target, other ?? '')} is there already; move it away first, or choose another --directory.`,
  );
}

/** Nx would treat the old manifest as one of this plugin, because it has the same keys. */
function hideSource(tree: Tree, source: string, path: string): string[] {
  if (!manifestNames.some((name) => name === posix.basename(source))) return [];
  const before = tree.read('.nxignore', 'utf8') ?? '';
  const end = before === '' || before.endsWith('\n') ? '' : '\n';
  tree.write('.nxignore', `${before}${end}/${source}\n`);
  return [
    `.nxignore hides ${source} from Nx. When you remove it, remove that line too; ${path} may then take its name.`,
  ];
}

function moved(folder: string, target: string): (copied: { file: string; line: number; path: string }) => string {
  return ({ file, line, path }) =>
    `${posix.join(target, file)}:${line}: the build context is ${target} now: move ${posix.join(folder, path)} to ${posix.join(target, path)}`;
}

function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

function listing(problems: readonly string[], errors: readonly string[]): string {
  const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}\n`).join('');
  const left =
    problems.length === 0
      ? 'Everything was.\n'
      : `Each of these places is left out, or a comment in the new file: write it there by hand.\n\n${list(problems)}`;
  const graph =
    errors.length === 0
      ? ''
      : `\n# What keeps the project graph from loading\n\nCorrect these places in the new files.\n\n${list(errors)}`;
  return `# What could not be translated\n\n${left}${graph}`;
}

function summary(problems: readonly string[], errors: readonly string[]): string {
  const all = [...problems, ...errors];
  const graph = errors.length === 0 ? '' : `\n${errors.length} errors keep the project graph from loading.`;
  return `${problems.length} things could not be translated; ${LIST} lists them.${graph}\n${all.map((line) => `- ${line}\n`).join('')}`;
}
