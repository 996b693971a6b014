/**
 * Compiles the plugin into `libs/nx-image-matrix/dist`: one self-contained CommonJS file for each door that Nx comes in
 * by (the graph, executors, generators), the public types, and the licences of what is bundled.
 */
import { build } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { editorSchema } from './editor-schema.mjs';

const workspace = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const plugin = join(workspace, 'libs/nx-image-matrix');
const dist = join(plugin, 'dist');
const { version } = JSON.parse(readFileSync(join(plugin, 'package.json'), 'utf8'));

await import('./compile-schema.mjs');
rmSync(dist, { recursive: true, force: true });
/** Only executors open an engine. The others know what engines there are, and leave out the code that is imported to open one. */
const withoutOpeningEngines = {
  name: 'without-opening-engines',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, importer, path }) =>
      kind === 'dynamic-import' && importer.startsWith(join(workspace, 'libs/engine'))
        ? { path, external: true }
        : null,
    );
  },
};
const common = {
  absWorkingDir: workspace,
  outdir: dist,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  external: ['@nx/devkit', 'nx'],
  mainFields: ['module', 'main'],
  define: { PLUGIN_VERSION: JSON.stringify(version) },
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};
const builds = await Promise.all([
  build({ ...common, entryPoints: { executors: join(plugin, 'src/executors/index.ts') } }),
  build({
    ...common,
    entryPoints: { index: join(plugin, 'src/index.ts'), generators: join(plugin, 'src/generators/index.ts') },
    plugins: [withoutOpeningEngines],
  }),
]);
await buildPage();
writeTypes(await engineNames());
writeLicences(builds.flatMap(({ metafile }) => Object.keys(metafile.inputs)));
cpSync(join(workspace, 'LICENSE'), join(plugin, 'LICENSE'));
publishSchema();

function publishSchema() {
  const schema = JSON.parse(readFileSync(join(workspace, 'libs/manifest/src/schema/manifest.schema.json'), 'utf8'));
  const target = join(plugin, 'schemas/manifest.schema.json');
  writeFileSync(target, `${JSON.stringify(editorSchema(schema), null, 2)}\n`);
}

/** The page that `docker-matrix --html` writes; it is read from here when one is made. */
async function buildPage() {
  const source = join(plugin, 'src/executors/matrix/page');
  await build({
    absWorkingDir: workspace,
    entryPoints: { page: join(source, 'main.ts'), style: join(source, 'page.css') },
    entryNames: 'page',
    outdir: join(dist, 'matrix-page'),
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    legalComments: 'none',
    logLevel: 'warning',
  });
  cpSync(join(source, 'page.html'), join(dist, 'matrix-page/page.html'));
}

/** The names of the engines, out of the one list of them. */
async function engineNames() {
  const { outputFiles } = await build({
    stdin: { contents: "export { engines } from './engines.ts';", resolveDir: join(workspace, 'libs/engine/src') },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    plugins: [withoutOpeningEngines],
  });
  const { engines } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  return engines.map(({ name }) => name);
}

/** The published types stand alone, so the names of the engines are written out. */
function writeTypes(names) {
  const { outputText } = ts.transpileDeclaration(readFileSync(join(plugin, 'src/types.ts'), 'utf8'), {
    fileName: 'types.ts',
    compilerOptions: { isolatedDeclarations: true, declaration: true },
  });
  mkdirSync(join(dist, 'types'), { recursive: true });
  const union = `type EngineName = ${names.map((name) => `'${name}'`).join(' | ')};`;
  const types = outputText.replace(/^import type \{ EngineName \} from .*;$/m, union);
  if (/^import .*@nx-image-matrix/m.test(types)) throw new Error(`types.d.ts imports what is not published:\n${types}`);
  writeFileSync(join(dist, 'types/types.d.ts'), types);
  writeFileSync(
    join(dist, 'types/index.d.ts'),
    [
      "import type { CreateNodes } from '@nx/devkit';",
      "import type { ImageMatrixOptions } from './types';",
      "export * from './types';",
      'export declare const name: string;',
      'export declare const createNodes: CreateNodes<ImageMatrixOptions>;',
      'export declare const createNodesV2: CreateNodes<ImageMatrixOptions>;',
      '',
    ].join('\n'),
  );
}

/** Bundled packages ask for their licence text to travel with them. */
function writeLicences(inputs) {
  const folders = new Set(inputs.map(packageFolder).filter(Boolean));
  const sections = [...folders].sort().map((folder) => {
    const {
      name,
      version: bundled,
      license,
    } = JSON.parse(readFileSync(join(workspace, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(workspace, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(workspace, folder, file), 'utf8').trim() : `Licence: ${license}`;
    return `${name} ${bundled}\n\n${text}\n`;
  });
  writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), sections.join(`\n${'-'.repeat(80)}\n\n`));
}

function packageFolder(input) {
  const parts = relative(workspace, join(workspace, input)).split(sep);
  const at = parts.lastIndexOf('node_modules');
  if (at < 0) return undefined;
  return parts.slice(0, at + (parts[at + 1].startsWith('@') ? 3 : 2)).join('/');
}
