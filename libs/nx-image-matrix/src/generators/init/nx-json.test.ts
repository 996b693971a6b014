import { resolveOptions } from '../../options/resolve-options.ts';
import { shownOptions } from '../../options/options.ts';
import { registerPlugin, type NxSettings } from './nx-json.ts';

const settingsOf = (text: string) => JSON.parse(text.replace(/^\s*\/\/.*$/gm, '')) as NxSettings;

describe('registerPlugin', () => {
  it('writes the defaults, and nothing else', () => {
    expect(resolveOptions(shownOptions)).toEqual(resolveOptions(undefined));
  });

  it('adds plugin and sync generator to an empty nx.json', () => {
    expect(JSON.parse(registerPlugin('{}\n', {}, { outputDir: 'images' }))).toEqual({
      plugins: [{ plugin: 'nx-image-matrix', options: { ...shownOptions, outputDir: 'images' } }],
      sync: { globalGenerators: ['nx-image-matrix:sync'] },
    });
  });

  it('keeps comments and other plugins, and changes nothing the second time', () => {
    const text =
      '{\n  // ours\n  "plugins": ["@nx/js"],\n  "sync": { "globalGenerators": ["a:b"], "applyChanges": true }\n}\n';
    const once = registerPlugin(text, settingsOf(text), {});
    expect(once).toContain('  // ours\n');
    expect(settingsOf(once)).toMatchObject({
      plugins: ['@nx/js', { plugin: 'nx-image-matrix' }],
      sync: { globalGenerators: ['a:b', 'nx-image-matrix:sync'], applyChanges: true },
    });
    expect(registerPlugin(once, settingsOf(once), { outputDir: 'other' })).toBe(once);
  });

  it.each([['nx-image-matrix'], [{ plugin: 'nx-image-matrix', options: { outputDir: 'images' } }]])(
    'keeps an entry that is there: %j',
    (entry) => {
      const text = JSON.stringify({ plugins: [entry] });
      expect(settingsOf(registerPlugin(text, settingsOf(text), {})).plugins).toEqual([entry]);
    },
  );

  it('writes out plugins from a file that nx.json extends', () => {
    const text = registerPlugin('{ "extends": "./preset.json" }', { plugins: ['@nx/js'] }, {});
    expect(settingsOf(text).plugins).toEqual(['@nx/js', expect.objectContaining({ plugin: 'nx-image-matrix' })]);
  });
});
