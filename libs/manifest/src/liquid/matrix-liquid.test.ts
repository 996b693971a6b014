import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { renderLiquid } from '../expand/liquid.ts';
import { parseManifest } from '../parse-manifest.ts';
import { expandImages } from '../expand/expand-images.ts';
import { minimal } from '../../test/minimal.ts';
import { MatrixLiquid } from './matrix-liquid.ts';

const dateFilters = Object.keys(new MatrixLiquid({ parseLimit: 1, memoryLimit: 1 }).filters).filter((name) =>
  name.startsWith('date'),
);
const scope = { variables: () => ({ names: ['a'] }), text: () => undefined };

describe('MatrixLiquid', () => {
  it('knows all date filters of LiquidJS', () => {
    expect(dateFilters).toHaveLength(5);
  });

  describe.each(dateFilters)('%s', (filter) => {
    it.each([
      ['now', `{{ 'now' | ${filter}: '%Y' }}`],
      ['today', `{{ 'today' | ${filter}: '%Y' }}`],
      ['a variable that holds it', `{% assign day = 'now' %}{{ day | ${filter}: '%Y' }}`],
      ['a text that is put together', `{{ 'no' | append: 'w' | ${filter}: '%Y' }}`],
      ['an assignment', `{% assign year = 'now' | ${filter}: '%Y' %}{{ year }}`],
      ['a tag of lines', `{% liquid\n echo 'today' | ${filter}: '%Y'\n%}`],
    ])('refuses %s', (_, text) => {
      expect(renderLiquid(text, scope)).toMatchObject({
        error: expect.stringMatching(/^`(now|today)` is another one in each run/),
      });
    });
  });

  it.each([
    ['a random pick', '{{ names | sample }}', /sample/],
    ['a date in the language of the machine', "{{ '2024-01-02' | date: 'on %-10c' }}", /%c/],
    ['a day in the language of the machine', "{{ '2024-01-02' | date: '%x' }}", /%x/],
  ])('refuses %s', (_, text, message) => {
    expect(renderLiquid(text, scope)).toMatchObject({ error: expect.stringMatching(message) });
  });

  it.each([
    ['a label', 'release_spec: {labels: {built: "{{ \'now\' | date_to_xmlschema }}"}}\n'],
    ['an argument', 'release_spec: {args: {BUILT: "{{ \'today\' | date_to_rfc822 }}"}}\n'],
    ['a tag', 'release_types: {runtime: {tags: ["{{ \'now\' | date_to_string }}"]}}\n'],
  ])('renders %s', (_, section) => {
    const { manifest } = parseManifest(`${section}${minimal}`, 'manifest.yml');
    const { diagnostics } = expandImages(manifest!, { outputDir: 'docker' });
    expect(diagnostics).toEqual(
      expect.arrayContaining([expect.objectContaining({ message: expect.stringContaining('in each run') })]),
    );
  });

  const times: [text: string, expected: string][] = [
    ['2024-01-02', '2024-01-02 00:00'],
    ['2024-01-02 03:04', '2024-01-02 03:04'],
    ['2024-01-02T03:04', '2024-01-02 03:04'],
    ['2024-01-02T03:04:05Z', '2024-01-02 03:04'],
    ['2024-01-02T03:04:05+02:00', '2024-01-02 01:04'],
    ['2 January 2024 03:04', '2024-01-02 03:04'],
    ['Tue, 02 Jan 2024 03:04:05 GMT', '2024-01-02 03:04'],
    ['01-02-2024', '2024-01-02 00:00'],
    ['1704164640', '2024-01-02 03:04'],
    ['tomorrow', 'tomorrow'],
  ];

  /** The time zone of a process is fixed when it starts. */
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('matrix-liquid.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    write: false,
    format: 'iife',
    globalName: 'bundle',
  });
  const bundled = `${outputFiles[0]!.text}\nconst { MatrixLiquid } = bundle;`;

  it.each(['UTC', 'America/New_York', 'Asia/Kolkata'])('gives the same time in %s', (zone) => {
    const script = `${bundled}
      const liquid = new MatrixLiquid({ parseLimit: 1000, memoryLimit: 1000 });
      const texts = ${JSON.stringify(times.map(([text]) => text))};
      const render = (text) => liquid.parseAndRenderSync("{{ text | date: '%Y-%m-%d %H:%M' }}", { text });
      console.log(JSON.stringify(texts.map(render)));`;
    const { stdout } = spawnSync(process.execPath, ['-'], { input: script, env: { ...process.env, TZ: zone } });
    expect(JSON.parse(String(stdout))).toEqual(times.map(([, expected]) => expected));
  });
});
