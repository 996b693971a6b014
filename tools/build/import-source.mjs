import { build } from 'esbuild';
import { withoutOpeningEngines } from './without-opening-engines.mjs';

/** The exports of a TypeScript file of this repository; Node 20 cannot import one. */
export async function importSource(file) {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'warning',
    plugins: [withoutOpeningEngines],
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
