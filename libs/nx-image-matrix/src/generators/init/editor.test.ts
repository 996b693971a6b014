import { readJsonc } from '../jsonc.ts';
import { associateSchema, recommendExtension } from './editor.ts';

const schema = 'node_modules/nx-image-matrix/schemas/manifest.schema.json';

describe('associateSchema', () => {
  it('keeps comments and other schemas', () => {
    const text = '{\n  // ours\n  "yaml.schemas": {\n    "a.json": "a.yml" // one\n  },\n}\n';
    const once = associateSchema(text, schema);
    expect(once).toContain('// ours');
    expect(once).toContain('// one');
    expect(readJsonc(once, 'x')).toEqual({
      'yaml.schemas': {
        'a.json': 'a.yml',
        [schema]: ['manifest.yml', 'manifest.yaml', 'manifest/*.yml', 'manifest/*.yaml'],
      },
    });
    expect(associateSchema(once, schema)).toBe(once);
  });

  it('leaves a pattern of the user alone', () => {
    const text = JSON.stringify({ 'yaml.schemas': { [`./${schema}`]: 'images/*.yml' } });
    expect(associateSchema(text, schema)).toBe(text);
  });
});

describe('recommendExtension', () => {
  it.each([
    ['', ['redhat.vscode-yaml']],
    ['{ "recommendations": ["a.b"] }', ['a.b', 'redhat.vscode-yaml']],
    ['{ "recommendations": ["RedHat.vscode-yaml"] }', ['RedHat.vscode-yaml']],
    ['{ "unwantedRecommendations": ["redhat.vscode-yaml"] }', undefined],
  ])('of %j gives %j', (text, recommendations) => {
    const once = recommendExtension(text);
    expect(readJsonc(once, 'x')['recommendations']).toEqual(recommendations);
    expect(recommendExtension(once)).toBe(once);
  });
});
