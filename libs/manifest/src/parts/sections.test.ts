import { readFileSync } from 'node:fs';
import { sections } from './sections.ts';

it('are the keys of the schema', () => {
  const schema: unknown = JSON.parse(readFileSync(new URL('../schema/manifest.schema.json', import.meta.url), 'utf8'));
  expect(schema).toMatchObject({ properties: Object.fromEntries(sections.map((name) => [name, expect.anything()])) });
  expect(Object.keys((schema as { properties: object }).properties).toSorted()).toEqual(sections.toSorted());
});
