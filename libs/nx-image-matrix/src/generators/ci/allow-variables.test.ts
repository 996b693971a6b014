import { allowVariables } from './allow-variables.ts';

describe('allowVariables', () => {
  const json = (value: unknown): string => JSON.stringify(value, null, 2);
  const entry = (options?: object) => ({ plugin: 'nx-image-matrix', ...(options && { options }) });

  it.each([
    ['an entry without options', ['nx-image-matrix'], [entry({ buildSecrets: { env: ['A', 'B'] } })]],
    ['an entry with some', [entry({ outputDir: 'x' })], [entry({ outputDir: 'x', buildSecrets: { env: ['A', 'B'] } })]],
    [
      'what is allowed already',
      [entry({ buildSecrets: { env: ['B', 'C'], folders: ['~/x'] } })],
      [entry({ buildSecrets: { env: ['B', 'C', 'A'], folders: ['~/x'] } })],
    ],
    [
      'two entries, and other plugins',
      ['other', entry({ include: 1 }), entry({})],
      ['other', entry({ include: 1, buildSecrets: { env: ['A', 'B'] } }), entry({ buildSecrets: { env: ['A', 'B'] } })],
    ],
  ])('adds names to %s', (_, plugins, expected) => {
    expect(JSON.parse(allowVariables(json({ plugins }), () => ['A', 'B'])!)).toEqual({ plugins: expected });
  });

  it('changes nothing if all are listed, and reports a missing entry', () => {
    const text = `// a comment\n${json({ plugins: [entry({ buildSecrets: { env: ['A'] } })] })}`;
    expect(allowVariables(text, () => ['A'])).toBe(text);
    expect(allowVariables(json({ extends: './base.json' }), () => ['A'])).toBeUndefined();
  });

  it('adds the names of its own manifests to each entry', () => {
    const plugins = [entry({}), 'other', entry({})];
    const names = [['A'], ['X'], ['B']];
    expect(JSON.parse(allowVariables(json({ plugins }), (index) => names[index]!)!)).toEqual({
      plugins: [entry({ buildSecrets: { env: ['A'] } }), 'other', entry({ buildSecrets: { env: ['B'] } })],
    });
  });
});
