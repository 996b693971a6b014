import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createProducerFinder } from './producers.ts';

describe('createProducerFinder', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'producers-'));
    write('apps/api/project.json', {
      name: 'api',
      targets: {
        bundle: { outputs: ['{workspaceRoot}/dist/{projectRoot}'] },
        docs: { outputs: ['{options.outputPath}'], options: { outputPath: 'dist/docs/api' } },
      },
    });
    write('apps/web/package.json', { name: '@acme/web', scripts: { build: 'vite build' } });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, content: unknown): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), JSON.stringify(content));
  }

  it.each([
    ['the output itself', 'dist/apps/api', { project: 'api', target: 'bundle' }],
    ['a file in the output', 'dist/apps/api/main.js', { project: 'api', target: 'bundle' }],
    [
      'the build of a package whose outputs nothing declares',
      'apps/web/dist',
      { project: '@acme/web', target: 'build' },
    ],
    ['nothing', 'dist/elsewhere/main.js', undefined],
  ])('finds %s', (_, path, expected) => {
    expect(createProducerFinder(root, undefined)(path)).toEqual(expected);
  });

  it('takes outputs from targetDefaults', () => {
    write('libs/core/package.json', { name: 'core', scripts: { compile: 'tsc' } });
    const find = createProducerFinder(root, { compile: { outputs: ['{projectRoot}/lib'] } });
    expect(find('libs/core/lib/index.js')).toEqual({ project: 'core', target: 'compile' });
  });
});
