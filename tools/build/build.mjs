/**
 * Compiles the plugin to `libs/nx-image-matrix/dist`: one self-contained CommonJS file for each entry point of Nx (the
 * graph, executors, generators), the public types, and the licences of bundled packages.
 */
import { build } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { editorSchema } from './editor-schema.mjs';
import { importSource } from './import-source.mjs';
import { interfaceOf } from './interface.mjs';
import { withoutOpeningEngines } from './without-opening-engines.mjs';

const workspace = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const plugin = join(workspace, 'libs/nx-image-matrix');
const dist = join(plugin, 'dist');
const { version } = JSON.parse(readFileSync(join(plugin, 'package.json'), 'utf8'));

await import('./compile-schema.mjs');
rmSync(dist, { recursive: true, force: true });
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
  build({
    ...common,
    entryPoints: {
      executors: join(plugin, 'src/executors/index.ts'),
      generators: join(plugin, 'src/generators/index.ts'),
    },
  }),
  build({ ...common, entryPoints: { index: join(plugin, 'src/index.ts') }, plugins: [withoutOpeningEngines] }),
]);
const { optionsSchema, nxJsonSchema } = await importSource(join(plugin, 'src/options/schema.ts'));
await buildPage();
writeTypes();
writeLicences(builds.flatMap(({ metafile }) => Object.keys(metafile.inputs)));
cpSync(join(workspace, 'LICENSE'), join(plugin, 'LICENSE'));
const schema = JSON.parse(readFileSync(join(workspace, 'libs/manifest/src/schema/manifest.schema.json'), 'utf8'));
publishSchema('manifest', editorSchema(schema));
publishSchema('plugin-options', optionsSchema);
publishSchema('nx', nxJsonSchema);

function publishSchema(name, content) {
  writeFileSync(join(plugin, `schemas/${name}.schema.json`), `${JSON.stringify(content, null, 2)}\n`);
}

/** The page of `docker-matrix --html`, which is read from here when a page is made. */
async function buildPage() {
  const source = join(workspace, 'libs/page/src/app');
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

/**
 * The public types of the package: the entry, and each file that its declarations import types from. The types of
 * options are generated from their schema, with its descriptions.
 */
function writeTypes() {
  const source = join(plugin, 'src');
  const options = join(source, 'options/options.ts');
  const files = [join(source, 'index.ts')];
  mkdirSync(join(dist, 'types/options'), { recursive: true });
  writeFileSync(join(dist, 'types/options/options.d.ts'), interfaceOf('ImageMatrixOptions', optionsSchema));
  for (const file of files) {
    const { outputText } = ts.transpileDeclaration(readFileSync(file, 'utf8'), {
      fileName: file,
      compilerOptions: { isolatedDeclarations: true, declaration: true, verbatimModuleSyntax: true },
    });
    const target = join(dist, 'types', relative(source, file).replace(/\.ts$/, '.d.ts'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText.replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'"));
    const { importedFiles } = ts.preProcessFile(outputText);
    for (const { fileName } of importedFiles.filter(({ fileName: name }) => name.startsWith('.'))) {
      const next = join(dirname(file), fileName);
      if (next !== options && !files.includes(next)) files.push(next);
    }
  }
}

/** The licences of bundled packages require that their text is included. */
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
