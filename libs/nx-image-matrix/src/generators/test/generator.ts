import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { suggest } from '@nx-image-matrix/diagnostics';
import { addTest } from '@nx-image-matrix/manifest';
import { requireManifests, workspaceOfGenerator } from '../../workspace/workspace.ts';
import { editManifest } from '../edit-manifest.ts';
import { builtImages } from './built-images.ts';
import { checkRendered } from './check-rendered.ts';
import { commonFacts } from './common-facts.ts';
import { readFacts } from './read-facts.ts';
import { testFile } from './test-file.ts';

/** Options of the `test` generator. */
export interface TestOptions {
  releaseType: string;
  /** Path of the manifest. Default: the only one, or `manifest.yml` of the workspace. */
  manifest?: string;
  /** Path of the new file, relative to the manifest. Default: `tests/<release type>.yaml`. */
  file?: string;
}

/**
 * Writes a test file with what all built images of a release type have in common, and lists it in the manifest.
 * @throws Error if the file exists, no image of the type is built, or they have nothing in common; then nothing is written.
 */
export async function test(tree: Tree, { releaseType, ...options }: TestOptions): Promise<void> {
  const workspace = await workspaceOfGenerator(tree);
  requireManifests(workspace);
  const manifest = manifestOf(workspace.manifests, options.manifest?.replace(/\/+$/, ''));
  const listed = options.file ?? `tests/${releaseType}.yaml`;
  const path = posix.join(posix.dirname(manifest), listed);
  if (path.startsWith('../') || posix.isAbsolute(listed)) {
    throw new Error(`${listed} is outside the workspace. --file is relative to the manifest.`);
  }
  if (/\{[{%]/.test(listed)) throw new Error(`${listed} has Liquid in it, which is rendered in \`tests\`.`);
  if (tree.exists(path)) throw new Error(`${path} exists. Edit it, or name another file with --file.`);
  const { built, others, images } = await builtImages(workspace, manifest, releaseType);
  const facts = commonFacts(await readFacts(built));
  const text = testFile(facts);
  if (text === undefined) {
    const names = built.map(({ image: { reference } }) => reference);
    throw new Error(`There is nothing to test that is the same in ${names.join(', ')}.`);
  }
  checkRendered(tree.root, path, text, images);
  await editManifest(tree, { manifest, edit: (texts) => addTest(texts, { releaseType, file: listed }) });
  tree.write(path, text);
  const count = `${built.length} of ${built.length + others.length}`;
  console.log(
    `\n${path} tests what is the same in ${count} images of the release type ${releaseType}` +
      `${others.length > 0 ? ` (not built here: ${others.join(', ')})` : ''}. Edit it, and run docker-test.`,
  );
}

function manifestOf(manifests: readonly string[], asked: string | undefined): string {
  const [only = '', ...others] = manifests;
  if (asked === undefined) {
    if (others.length === 0) return only;
    throw new Error(`There are several manifests. Name one with --manifest: ${manifests.join(', ')}.`);
  }
  if (manifests.includes(asked)) return asked;
  const near = suggest(asked, manifests);
  throw new Error(
    `${asked} is not a manifest; there are ${manifests.join(', ')}.${near ? ` Did you mean ${near}?` : ''}`,
  );
}
