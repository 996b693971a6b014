// Turns the manifest's JSON Schema into a validator that needs no ajv at run time: compiling takes about 200 ms, more
// than the rest of reading a manifest. What the schema says to people is left out: ajv would put it into the code.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { withoutAnnotations } from './annotations.mjs';

const folder = new URL('../../libs/manifest/src/schema/', import.meta.url);
const schema = withoutAnnotations(JSON.parse(await readFile(new URL('manifest.schema.json', folder), 'utf8')));
const ajv = new Ajv2020({
  allErrors: true,
  allowUnionTypes: true,
  code: { esm: true, lines: true, source: true },
  strictTypes: false,
  verbose: true,
});
const source = standalone.default(ajv, ajv.compile(schema));

const bundle = await build({
  stdin: { contents: source, resolveDir: new URL('.', import.meta.url).pathname },
  bundle: true,
  format: 'esm',
  minifyWhitespace: true,
  write: false,
});
const target = new URL('validate.generated.mjs', folder);
const temporary = new URL(`validate.generated.${process.pid}.tmp`, folder);
await writeFile(temporary, bundle.outputFiles[0].contents);
await rename(temporary, target);
