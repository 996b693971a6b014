import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../options/resolve-options.ts';
import { LIMITS } from './bounds.ts';
import { readMatrices } from './read-matrices.ts';

describe('the limits of a reading', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'bounds-'));
    const packages = Array.from({ length: 10 }, (_, index) => `  app${index}: { runtime: [debian] }\n`).join('');
    write(
      'manifest.yml',
      `packages:\n${packages}releases: { debian: { 12: { templates_dir: templates, base_image: "debian:12" } } }\n`,
    );
    write('templates/base.Dockerfile.liquid', 'FROM {{ from }}\n');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const writeRuntime = (line: (index: number) => string, count = 20): void =>
    write(
      'templates/runtime.Dockerfile.liquid',
      `FROM {{ from }}\n${Array.from({ length: count }, (_, index) => line(index)).join('\n')}\n`,
    );
  const read = (limits: Partial<typeof LIMITS> = {}) =>
    readMatrices(root, ['manifest.yml'], resolveOptions(undefined), {}, { limits: { ...LIMITS, ...limits } });

  it('apply to different paths, and the message names the template with the most', () => {
    writeRuntime((index) => `COPY src/{{ name }}-${index} /app`);
    const { matrices, diagnostics } = read({ paths: 100 });
    expect(matrices[0]!.images).toHaveLength(12);
    expect(diagnostics).toEqual([
      expect.objectContaining({
        code: 'too-much-rendered',
        severity: 'error',
        file: 'manifest.yml',
        message:
          'With 12 of the 20 images of manifest.yml, the images of this workspace copy 120 different paths, more than 100. ' +
          'The largest: templates/runtime.Dockerfile.liquid gives app0-debian12-runtime 20 paths.',
      }),
    ]);
    expect(read({ paths: 200 }).diagnostics).toEqual([]);
  });

  it('count a path once, however many images copy it', () => {
    writeRuntime((index) => `COPY src/file-${index} /app`);
    expect(read({ paths: 20 }).diagnostics).toEqual([]);
    expect(read({ paths: 19 }).diagnostics).toMatchObject([{ code: 'too-much-rendered' }]);
  });

  it('apply to characters, without those of copied files', () => {
    const line = `RUN echo {{ name }} ${'x'.repeat(1000)}\n`;
    write('templates/runtime/Dockerfile.liquid', `FROM {{ from }}\n${line.repeat(20)}`);
    write('templates/runtime/data.txt', 'y'.repeat(1_000_000));
    const { diagnostics } = read({ characters: 100_000 });
    expect(diagnostics).toMatchObject([
      {
        code: 'too-much-rendered',
        message: expect.stringMatching(/With 10 of the 20 .* characters of rendered files/),
      },
    ]);
    expect(read({ characters: 500_000 }).diagnostics).toEqual([]);
  });
});
