// Compiles JSON Schemas to validators that need no ajv at run time: compiling takes about 200 ms, more than the rest of
// reading a manifest. Leaves out the schemas' texts for people, which ajv would include in the code.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { withoutAnnotations } from './annotations.mjs';
import { importSource } from './import-source.mjs';

const manifest = new URL('../../libs/manifest/src/schema/', import.meta.url);
const options = new URL('../../libs/nx-image-matrix/src/options/', import.meta.url);
const { optionsSchema } = await importSource(fileURLToPath(new URL('schema.ts', options)));

await compile(JSON.parse(await readFile(new URL('manifest.schema.json', manifest), 'utf8')), manifest);
await compile(optionsSchema, options);

async function compile(schema, folder) {
  const ajv = new Ajv2020({
    allErrors: true,
    allowUnionTypes: true,
    code: { esm: true, lines: true, source: true },
    strictTypes: false,
    verbose: true,
  });
  const bundle = await build({
    stdin: {
      contents: standalone.default(ajv, ajv.compile(withoutAnnotations({ ...schema, $schema: undefined }))),
      resolveDir: new URL('.', import.meta.url).pathname,
    },
    bundle: true,
    format: 'esm',
    minifyWhitespace: true,
    write: false,
  });
  const target = new URL('validate.generated.mjs', folder);
  const temporary = new URL(`validate.generated.${process.pid}.tmp`, folder);
  await writeFile(temporary, bundle.outputFiles[0].contents);
  await rename(temporary, target);
}
