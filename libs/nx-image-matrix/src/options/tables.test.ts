import { Ajv } from 'ajv';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../test/support/installation.ts';
import { resolveOptions } from './resolve-options.ts';
import { allOptions, shownOptions } from './options.ts';
import { nxJsonSchema, optionsSchema } from './schema.ts';
import { executorOf, renamingOption, targetsOf } from './targets.ts';

const plugin = join(repository, 'libs/nx-image-matrix');
const { executors }: { executors: Record<string, { schema: string }> } = JSON.parse(
  readFileSync(join(plugin, 'executors.json'), 'utf8'),
);

describe('the table of targets', () => {
  it('has an executor for each, and each executor in it', () => {
    expect(Object.keys(executors).sort()).toEqual(
      targetsOf()
        .map(([key]) => key)
        .sort(),
    );
    expect(executorOf('push')).toBe('nx-image-matrix:push');
  });

  it('has the schema of each executor', () => {
    for (const { schema } of Object.values(executors)) expect(existsSync(join(plugin, schema))).toBe(true);
  });

  it('has dependencies only on targets of the same kind of project', () => {
    const kinds = new Map(targetsOf().map(([key, { of }]) => [key, of]));
    for (const [, { of, dependsOn }] of targetsOf()) for (const other of dependsOn) expect(kinds.get(other)).toBe(of);
  });

  it('has the options of the command line that docs/targets.md names', () => {
    const rows = [...documented().matchAll(/^\| `docker-(\w+)` \| `--(\w+)/gm)];
    expect(rows.length).toBeGreaterThan(5);
    for (const [, key = '', option = ''] of rows) {
      const schema = readFileSync(join(plugin, executors[key]?.schema ?? ''), 'utf8');
      expect(Object.keys(JSON.parse(schema).properties)).toContain(option);
    }
  });

  function documented(): string {
    return readFileSync(join(repository, 'docs/targets.md'), 'utf8');
  }
});

describe('the table of options', () => {
  it('has defaults equal to omitting the options', () => {
    const defaults = Object.fromEntries(Object.entries(allOptions).map(([name, option]) => [name, option.default]));
    expect(resolveOptions(defaults)).toEqual(resolveOptions(undefined));
  });

  it('writes the names of all targets to nx.json in init', () => {
    expect(Object.keys(shownOptions)).toEqual(
      expect.arrayContaining(targetsOf().map(([key]): string => renamingOption(key))),
    );
  });

  it('is a schema for editors, with the same defaults', () => {
    const validate = new Ajv({ strict: false }).compile({ ...optionsSchema, $schema: undefined });
    expect(validate(shownOptions)).toBe(true);
    expect(validate({ ...shownOptions, colour: 'red' })).toBe(false);
    expect(optionsSchema.properties).toMatchObject({
      outputDir: { default: 'docker', errorMessage: expect.stringMatching(/^must be /) },
    });
  });

  it("is checked in nx.json together with Nx's schema", () => {
    const nxSchema = JSON.parse(readFileSync(join(repository, 'node_modules/nx/schemas/nx-schema.json'), 'utf8'));
    const at = (path: string, schema: object) => ({ ...schema, $schema: undefined, $id: `file:///modules/${path}` });
    const validate = new Ajv({ strict: false, validateFormats: false })
      .addSchema(at('nx/schemas/nx-schema.json', nxSchema))
      .addSchema(at('nx-image-matrix/schemas/plugin-options.schema.json', optionsSchema))
      .compile(at('nx-image-matrix/schemas/nx.schema.json', nxJsonSchema));
    const withOptions = (name: string, options: object) => validate({ plugins: [{ plugin: name, options }] });
    expect(withOptions('nx-image-matrix', shownOptions)).toBe(true);
    expect(withOptions('nx-image-matrix', { colour: 'red' })).toBe(false);
    expect(withOptions('@nx/js', { colour: 'red' })).toBe(true);
    expect(validate({ plugins: 1 })).toBe(false);
  });

  it('explains each', () => {
    for (const { description } of Object.values(allOptions)) expect(description).toMatch(/^[A-Z].*\.$/);
  });
});
