import { bake as runBake } from './bake/generator.ts';
import { cuda as runCuda } from './cuda/generator.ts';
import { distro as runDistro } from './distro/generator.ts';
import { init as runInit } from './init/generator.ts';
import { manifest as runManifest } from './manifest/generator.ts';
import { packageGenerator as runPackage } from './package/generator.ts';
import { ci as runCi } from './ci/generator.ts';
import { migrateBentoml as runMigrateBentoml } from './migrate-bentoml/generator.ts';
import { tags as runTags } from './tags/generator.ts';
import type { TestOptions } from './test/generator.ts';
import { onOwnPaths } from './own-paths.ts';

export { sync } from './sync/generator.ts';

export const bake = onOwnPaths(runBake);
export const cuda = onOwnPaths(runCuda);
export const distro = onOwnPaths(runDistro);
export const init = onOwnPaths(runInit);
export const manifest = onOwnPaths(runManifest);
export const packageGenerator = onOwnPaths(runPackage);
export const ci = onOwnPaths(runCi);
export const migrateBentoml = onOwnPaths(runMigrateBentoml);
export const tags = onOwnPaths(runTags);
/** It alone opens an engine, and is loaded when it runs: `nx sync` loads this file, too. */
export const test = onOwnPaths(async (tree, options: TestOptions) => {
  const { test: runTest } = await import('./test/generator.ts');
  return runTest(tree, options);
});
