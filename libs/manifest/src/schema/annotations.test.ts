import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

interface Schema {
  $id?: string;
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  examples?: unknown[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  $defs?: Record<string, Schema>;
}

const schema = JSON.parse(readFileSync(new URL('manifest.schema.json', import.meta.url), 'utf8')) as Schema;
const places = [...allSchemas(schema, '')];

describe.each(places)('the schema at $pointer', ({ pointer, node }) => {
  const { title, description, examples, type } = { ...resolve(node), ...node };

  it('has a title, and a description in whole sentences', () => {
    expect(title).toMatch(/^[A-Z]/);
    expect(description).toMatch(/^[`A-Z][^]*\.$/);
  });

  it('has examples where the value is free, and they are valid', () => {
    const isFree = ![type].flat().includes('boolean') || [type].flat().includes('string');
    expect(isFree && !examples?.length).toBe(false);
    const validate = validatorAt(pointer);
    for (const example of examples ?? []) {
      expect({ example, valid: validate(example), errors: validate.errors }).toMatchObject({ valid: true });
    }
  });
});

it('finds every level of the schema', () => {
  expect(places.length).toBeGreaterThan(60);
});

const ajv = new Ajv2020({ allowUnionTypes: true, schemas: [schema], strictTypes: false });

function validatorAt(pointer: string) {
  return ajv.compile({ $ref: `${schema.$id}#${pointer}` });
}

function resolve({ $ref }: Schema): Schema {
  if (!$ref) return {};
  const target = schema.$defs![$ref.replace('#/$defs/', '')]!;
  return { ...resolve(target), ...target };
}

function* allSchemas(node: Schema, pointer: string): Generator<{ pointer: string; node: Schema }> {
  yield { pointer, node };
  for (const keyword of ['properties', 'patternProperties', '$defs'] as const) {
    for (const [name, child] of Object.entries(node[keyword] ?? {})) {
      yield* allSchemas(child, `${pointer}/${keyword}/${encodeURIComponent(name)}`);
    }
  }
  if (node.items) yield* allSchemas(node.items, `${pointer}/items`);
  if (typeof node.additionalProperties === 'object') {
    yield* allSchemas(node.additionalProperties, `${pointer}/additionalProperties`);
  }
}
