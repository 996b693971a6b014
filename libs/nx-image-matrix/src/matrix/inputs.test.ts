import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../options/resolve-options.ts';
import { imageStates } from './image-states.ts';
import { inputFile, inputPathsOf, inputsDigest, inputVariables, readInput } from './inputs.ts';
import { readMatrices } from './read-matrices.ts';

const manifest = 'api/manifest.yml';

describe('the inputs of a matrix', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'inputs-'));
    write(
      manifest,
      'version: 1\npackages: { app: { runtime: [debian12] } }\nreleases: { debian: { 12: { templates_dir: t, base_image: debian } } }\n',
    );
    write('api/t/base.Dockerfile.liquid', 'FROM {{ from }}\n');
    write('api/t/runtime.Dockerfile.liquid', 'FROM {{ from }}\n');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  const digest = (environment: NodeJS.ProcessEnv = {}, options = resolveOptions(undefined)) =>
    inputsDigest(root, [manifest], options, environment);

  it('are identified by the content of each file, each variable and the options', () => {
    const digests = [digest(), digest({ IMAGE_VERSION: '2' }), digest({}, resolveOptions({ version: '2' }))];
    for (const file of inputPathsOf(root, manifest)) {
      write(file, '# edited\n');
      digests.push(digest());
    }
    expect(new Set(digests).size).toBe(digests.length);
    expect(digest({ HOME: '/elsewhere' })).toBe(digest());
  });

  it('are all inputs of an image that is not generated yet', () => {
    const matrices = readMatrices(root, [manifest], resolveOptions(undefined), {});
    const { states } = imageStates(root, matrices);
    expect(states.get('app-debian12-runtime')?.staleInputs).toEqual(
      expect.arrayContaining(inputPathsOf(root, manifest)),
    );
  });

  it('are next to the manifest, and may be missing', () => {
    expect(inputFile(manifest, 'dockerignore')).toBe('api/.dockerignore');
    expect(inputFile('manifest.yml', 'dockerignore')).toBe('.dockerignore');
    expect(readInput(root, manifest, 'dockerignore')).toBeUndefined();
    write('api/.dockerignore', 'dist\n');
    expect(readInput(root, manifest, 'dockerignore')).toBe('dist\n');
    expect(inputVariables({ IMAGE_VERSION: '1', HOME: '/root' })).toEqual({ IMAGE_VERSION: '1' });
  });

  it('report why a file cannot be read', () => {
    mkdirSync(join(root, 'api/.dockerignore'));
    const { diagnostics } = readMatrices(root, [manifest], resolveOptions(undefined), {});
    expect(diagnostics).toMatchObject([{ code: 'unreadable-file', file: 'api/.dockerignore' }]);
  });
});
