import { existsSync, readFileSync } from 'node:fs';

interface Option {
  type?: string | string[];
  enum?: unknown[];
  oneOf?: unknown[];
  description?: string;
  examples?: unknown[];
  default?: unknown;
  $default?: { $source: string };
  'x-prompt'?: unknown;
  'x-priority'?: string;
}

interface Schema {
  title?: string;
  description?: string;
  additionalProperties?: boolean;
  properties: Record<string, Option>;
  required?: string[];
}

const plugin = new URL('..', import.meta.url);
const entries = [...listed('executors'), ...listed('generators')];

/** Nx Console makes a form, and `nx g ... --help` a page, of these: https://nx.dev/recipes/nx-console */
describe.each(entries)('the schema of the $kind $name', ({ kind, schema, description, implementation }) => {
  const { title, additionalProperties, properties, required = [], ...rest } = read<Schema>(schema);
  const options = Object.entries(properties);

  it('has a title, descriptions, and refuses options that it does not know', () => {
    expect(title).toMatch(/^[A-Z]/);
    expect(rest.description).toMatch(/\.$/);
    expect(description).toMatch(/^[A-Z]/);
    expect(additionalProperties).toBe(false);
  });

  it('has a description and a type for each option', () => {
    const untyped = options.filter(([, { type, enum: values, oneOf }]) => !type && !values && !oneOf);
    const unexplained = options.filter(([, option]) => !/^[A-Z`].*\.$/s.test(option.description ?? ''));
    expect([...untyped, ...unexplained].map(([name]) => name)).toEqual([]);
  });

  it('has no list that must be typed with a comma, or that Nx turns into numbers', () => {
    if (kind !== 'generator') return;
    const text = [{ type: 'string' }, { type: 'number' }];
    const list = [{ type: 'array', items: { anyOf: text } }, ...text];
    expect(options.filter(([, { type }]) => type === 'array').map(([name]) => name)).toEqual([]);
    for (const [, { oneOf }] of options) expect([undefined, list]).toContainEqual(oneOf);
  });

  it('has valid priorities, and prompts for required options', () => {
    for (const [, option] of options) expect([undefined, 'important', 'internal']).toContain(option['x-priority']);
    expect(required.filter((name) => !(name in properties))).toEqual([]);
    const asked = new Set(options.filter(([, option]) => option['x-prompt']).map(([name]) => name));
    expect(required.filter((name) => kind === 'generator' && !asked.has(name))).toEqual([]);
  });

  it('belongs to an existing implementation', () => {
    expect(implementation).toMatch(/^\.\/dist\/(executors|generators)\.js#\w+$/);
  });
});

it('lists every schema file', () => {
  expect(entries.length).toBeGreaterThanOrEqual(5);
  for (const { schema } of entries) expect(existsSync(new URL(schema, plugin))).toBe(true);
});

function listed(plural: 'executors' | 'generators') {
  const kinds = read<Record<string, Record<string, Entry>>>(`./${plural}.json`)[plural]!;
  return Object.entries(kinds).map(([name, entry]) => ({ kind: plural.slice(0, -1), name, ...entry }));
}

interface Entry {
  schema: string;
  description: string;
  implementation: string;
}

function read<Content>(path: string): Content {
  return JSON.parse(readFileSync(new URL(path, plugin), 'utf8')) as Content;
}
