import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { requireManifests, workspaceOfGenerator } from '../../workspace/workspace.ts';
import { listOf, type Given } from '../given.ts';
import { readPackages } from './packages.ts';
import { findSections } from './sections.ts';
import { addSection, unknownPackage, updateTables, type Packages } from './update.ts';

/** Options of the `tags` generator. */
export interface TagsOptions {
  /** Markdown file, relative to the workspace. */
  file?: string;
  /** Packages that get a section if they have none. */
  package?: Given;
  /** For the sections that are added. */
  sizes?: boolean;
  all?: boolean;
  url?: string;
  /** Write nothing; fail if a table is stale. */
  check?: boolean;
  manifest?: string;
}

/** Writes the tables of tags between the markers of a Markdown file. */
export async function tags(tree: Tree, options: TagsOptions): Promise<void> {
  const file = posix.normalize(options.file ?? 'README.md');
  if (file.startsWith('../') || posix.isAbsolute(file))
    throw new Error(`"${file}" is outside of the workspace; --file is relative to the workspace's folder.`);
  const packages = await packagesOf(tree, options.manifest);
  const before = tree.read(file)?.toString('latin1');
  const text = options.check ? before : withNewSections(before ?? '', options, packages);
  if (!text) throw new Error(`There is no ${file}. Begin one with --package=NAME.`);
  const update = updateTables(file, text, options.check ? withoutSizes(packages) : packages);
  if (update.sections.length === 0) {
    throw new Error(`${file} has no tag table. Add one: ${command(file)} --package=${[...packages.keys()][0]}`);
  }
  if (options.check) {
    if (update.changed.length === 0) return;
    const stale = update.changed.map(({ package: name, line }) => `  ${file}:${line}: the table of "${name}"`);
    throw new Error(`${file} is out of date. Run: ${command(file)}\n${stale.join('\n')}`);
  } else if (update.text !== before) tree.write(file, Buffer.from(update.text, 'latin1'));
}

async function packagesOf(tree: Tree, manifest: string | undefined): Promise<Packages> {
  const workspace = await workspaceOfGenerator(tree);
  requireManifests(workspace);
  const { manifests: known } = workspace;
  if (manifest !== undefined && !known.includes(manifest))
    throw new Error(`"${manifest}" is not a manifest of this workspace; choose one of ${known.join(', ')}.`);
  return readPackages(tree, manifest === undefined ? workspace : { ...workspace, manifests: [manifest] });
}

function withNewSections(text: string, { package: given, sizes, all, url }: TagsOptions, packages: Packages) {
  const { sections } = findSections(text);
  const known = new Set(sections.map((section) => section.package));
  let result = text;
  for (const name of listOf(given, 'package')) {
    if (!packages.has(name)) throw new Error(`Nothing was written: ${unknownPackage(name, packages)}`);
    if (!known.has(name)) result = addSection(result, { package: name, style: { sizes, all, url } });
    known.add(name);
  }
  return result;
}

/** A check must not depend on what was built on the machine that runs it. */
function withoutSizes(packages: Packages): Packages {
  return new Map([...packages].map(([name, images]) => [name, images.map((image) => ({ ...image, size: undefined }))]));
}

function command(file: string): string {
  return `nx g nx-image-matrix:tags${file === 'README.md' ? '' : ` --file=${file}`}`;
}
