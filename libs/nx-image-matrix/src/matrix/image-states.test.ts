import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../options/resolve-options.ts';
import { imageStates, type ImageState } from './image-states.ts';
import { readMatrices } from './read-matrices.ts';

const manifest = `packages: { app: { runtime: [debian] } }
releases: { debian: { 12: { templates_dir: templates, base_image: "debian:12" } } }
`;

describe('the state of an image that copies files excluded by .dockerignore', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'image-states-'));
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    write('.gitmodules', '[submodule "lib"]\n\tpath = vendor/lib\n');
    write('manifest.yml', manifest);
    write('.dockerignore', '**/*.txt\n');
    write('templates/base.Dockerfile.liquid', 'FROM {{ from }}\n');
    write('templates/runtime.Dockerfile.liquid', 'FROM {{ from }}\nCOPY conf/a.txt vendor/lib/b.txt /\n');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (path: string, text: string | Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const read = () => readMatrices(root, ['manifest.yml'], resolveOptions(undefined), {});
  const runtime = (): ImageState | undefined => imageStates(root, read()).states.get('app-debian12-runtime');
  const generate = (): void => {
    for (const { image, rendered } of read().matrices.flatMap(({ images }) => images)) {
      for (const { path, content } of rendered) write(join(image.dir, path), content);
    }
  };

  it('does not depend on these, nor on a submodule that contains them', () => {
    generate();
    expect(runtime()).toMatchObject({ upToDate: true, staleInputs: [], furtherInputs: [] });
  });

  it('depends on them while it is stale, because a link there may have included other files', () => {
    const stale = expect.arrayContaining(['conf/a.txt', 'vendor/lib/b.txt', 'vendor/lib']);
    expect(runtime()).toMatchObject({ upToDate: false, staleInputs: stale, staleBuildInputs: stale });
  });

  it('depends on the submodule if a part of what it copies may enter the build', () => {
    write('templates/runtime.Dockerfile.liquid', 'FROM {{ from }}\nCOPY vendor/lib/src /\n');
    generate();
    expect(runtime()).toMatchObject({ upToDate: true, furtherInputs: ['vendor/lib'] });
  });

  it('depends on the files that the manifest, the lock and .dockerignore lead to as links, while it is stale', () => {
    for (const path of ['manifest.yml', '.dockerignore', 'images.lock']) {
      write(`shared/${path}`, path === 'manifest.yml' ? manifest : '');
      rmSync(join(root, path), { force: true });
      symlinkSync(`shared/${path}`, join(root, path));
    }
    const targets = ['shared/manifest.yml', 'shared/.dockerignore', 'shared/images.lock'];
    expect(runtime()).toMatchObject({ upToDate: false, staleInputs: expect.arrayContaining(targets) });
  });

  it('is followed by a warning if git ignores the lock, and there is one', () => {
    write('.gitignore', '*.lock\n');
    const messages = (): string[] => imageStates(root, read()).warnings.map(({ message }) => message);
    expect(messages().filter((message) => message.includes('images.lock'))).toEqual([]);
    write('images.lock', '');
    expect(messages()).toContainEqual(
      expect.stringContaining('git ignores "images.lock", which images are rendered from'),
    );
  });
});
