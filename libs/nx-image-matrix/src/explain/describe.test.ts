import type { Cause } from './cause.ts';
import { describeCause } from './describe.ts';
import { explanationJson } from './json.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

it.each<[Cause, string, string]>([
  [{ kind: 'parent', name: 'app-base' }, 'parent app-base', ''],
  [
    { kind: 'base-moved', name: 'debian:12', from: digest('a'), to: digest('b'), file: 'images.lock', line: 2 },
    'base debian:12 moved: aaaaaaaa -> bbbbbbbb',
    'images.lock:2',
  ],
  [{ kind: 'base-moved', name: 'debian:12', to: digest('b') }, 'base debian:12 locked at bbbbbbbb', ''],
  [
    { kind: 'base-moved', name: 'debian:12', from: digest('a') },
    'base debian:12 not locked any more, was aaaaaaaa',
    '',
  ],
  [{ kind: 'argument', name: 'A', from: '', to: 'x y' }, 'build argument A "" -> "x y"', ''],
  [{ kind: 'argument', name: 'A', to: '1', change: 'added' }, 'build argument A added: 1', ''],
  [{ kind: 'label', name: 'a', from: '1', change: 'removed' }, 'label a removed, was 1', ''],
  [{ kind: 'label', name: 'API_TOKEN', from: '1', to: '2' }, 'label API_TOKEN changed', ''],
  [{ kind: 'key', name: 'header', from: 'a\nb', to: 'c' }, 'header "a b" -> c', ''],
  [{ kind: 'key', file: 'manifest.yml', line: 3, gone: true }, 'changed', 'manifest.yml:3 (removed)'],
  [{ kind: 'variable', name: 'v', from: 'x'.repeat(80), to: '1' }, `variable v ${'x'.repeat(57)}... -> 1`, ''],
  [{ kind: 'axis', name: 'PYTHON', change: 'added', to: '3.12' }, 'axis PYTHON: 3.12 added', ''],
  [{ kind: 'template', change: 'renamed', from: 'a.liquid', file: 'b.liquid' }, 'b.liquid (renamed from a.liquid)', ''],
  [
    {
      kind: 'template',
      change: 'content',
      file: 'a.liquid',
      line: 1,
      output: { file: 'Dockerfile', line: 9, instruction: 'RUN' },
    },
    'a.liquid:1',
    'RUN line 9 of the Dockerfile',
  ],
  [
    {
      kind: 'extra-file',
      change: 'content',
      file: 'a.liquid',
      line: 1,
      gone: true,
      output: { file: 'a', line: 9, gone: true },
    },
    'a.liquid:1 (removed)',
    'line 9 removed from a',
  ],
  [{ kind: 'extra-file', change: 'mode', from: '644', to: '755', file: 'run.sh' }, 'run.sh (mode 644 -> 755)', ''],
  [{ kind: 'copied-file', change: 'mode', from: '644', to: '755', file: 'run.sh' }, 'run.sh (mode 644 -> 755)', ''],
  [{ kind: 'copied-file', change: 'link', from: 'a', to: 'b', file: 'l' }, 'l (link a -> b)', ''],
  [{ kind: 'copied-file', change: 'kind', from: 'file', to: 'link', file: 'l' }, 'l (file -> link)', ''],
  [{ kind: 'copied-file', change: 'added', file: 'a\u001b[2Jb' }, 'a\ufffd[2Jb (added)', ''],
  [
    { kind: 'option', name: 'prefix', from: 'a', to: 'b', file: 'nx.json', line: 4 },
    'option prefix a -> b',
    'nx.json:4',
  ],
])('%j reads well', (cause, what, where) => {
  expect(describeCause(cause)).toEqual({ what, where });
});

it('leaves out of JSON what may be a credential', () => {
  const cause: Cause = { kind: 'label', name: 'API_TOKEN', from: 'hunter1', to: 'hunter2' };
  const images = [{ name: 'a', manifest: 'manifest.yml', change: 'changed' as const, causes: [cause] }];
  const text = explanationJson({ base: { revision: 'main', commit: 'abc' }, images });
  expect(JSON.parse(text)).toEqual({
    base: 'abc',
    revision: 'main',
    images: [
      { name: 'a', manifest: 'manifest.yml', change: 'changed', causes: [{ kind: 'label', name: 'API_TOKEN' }] },
    ],
  });
});
