import type { Cause, ExplainedImage } from './cause.ts';
import { explanationMarkdown } from './markdown.ts';

const base = { revision: 'main', commit: '0123456789'.repeat(4) };

function image(name: string, ...causes: Cause[]): ExplainedImage {
  return { name, manifest: 'manifest.yml', change: 'changed', causes };
}

it('groups images by the root of their causes', () => {
  const partial: Cause = { kind: 'template', change: 'content', file: 'templates/apt.liquid', line: 2 };
  const images = [
    image(
      'app-runtime',
      { kind: 'copied-file', change: 'content', file: 'run.sh' },
      { kind: 'parent', name: 'app-base' },
    ),
    ...['a', 'b', 'c'].map((name) => image(`app-${name}`, { kind: 'parent', name: 'app-base' })),
    image('app-base', { ...partial, output: { file: 'Dockerfile', line: 3, instruction: 'RUN' } }),
  ];
  expect(explanationMarkdown({ base, images })).toBe(`5 images differ from \`01234567\`: 5 changed.

| cause | place | images | |
|---|---|---|---|
| \`templates/apt.liquid:2\` |  | 5 | \`app-runtime\`, \`app-a\`, \`app-b\` <details><summary>2 more</summary>\`app-c\`, \`app-base\`</details> |
| \`run.sh (content)\` |  | 1 | \`app-runtime\` |
`);
});

it('says that nothing differs', () => {
  expect(explanationMarkdown({ base, images: [] })).toBe('No image differs from `01234567`.\n');
});

it.each([
  'a`b',
  'a|b',
  '\\|b',
  '<img src=x onerror=alert(1)>',
  '[link](https://evil.example)',
  '@everyone',
  '</details><script>',
  '``` \n\n# title',
  'a\r\n| b |',
  '\u202egnp.exe',
])('has no markup of a name: %j', (name) => {
  const images = [
    image(
      'app-base',
      { kind: 'copied-file', change: 'added', file: name },
      { kind: 'label', name, from: name, to: name },
    ),
  ];
  const text = explanationMarkdown({ base, images });
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  expect(text.trimEnd().split('\n')).toHaveLength(6);
  // Between the cells there is only code, which has neither a backtick nor a bar in it.
  for (const row of rows) expect(row).toMatch(/^\| `[^`|\\]+` \| (?:`[^`|\\]+`)? \| 1 \| `app-base` \|$/);
});

it('stays short for many images', () => {
  const images = Array.from({ length: 20_000 }, (_, index) =>
    image(`app-${index}`, { kind: 'label', name: 'a', from: '1', to: '2' }),
  );
  expect(explanationMarkdown({ base, images }).length).toBeLessThan(60_000);
});
