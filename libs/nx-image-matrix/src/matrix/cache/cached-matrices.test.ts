import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../../options/resolve-options.ts';
import { readMatrices, type Matrices } from '../read-matrices.ts';
import { cachedMatrices } from './cached-matrices.ts';
import { storedContents } from './contents.ts';
import { openStore } from './store.ts';

const files: Record<string, string> = {
  'manifest.yml': `packages: {app: {runtime: [debian]}}
releases:
  debian:
    12: {templates_dir: templates/debian, base_image: "debian:12"}
`,
  'templates/debian/base.Dockerfile.liquid': 'FROM {{ from }}\n',
  'templates/debian/runtime/Dockerfile.liquid': "FROM {{ from }}\n{% render 'user' %}COPY assets /assets\n",
  'templates/debian/runtime/motd': 'hello\n',
  'templates/user.liquid': 'USER 1000\n',
  'assets/logo.txt': 'logo\n',
};

describe('cachedMatrices', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'cached-matrices-'));
    for (const [path, text] of Object.entries(files)) write(path, text);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const read = (environment: NodeJS.ProcessEnv = {}) =>
    cachedMatrices(root, ['manifest.yml'], resolveOptions(undefined), environment);
  const fresh = () => readMatrices(root, ['manifest.yml'], resolveOptions(undefined), {});
  const digests = ({ matrices }: Matrices) => matrices.flatMap(({ images }) => images.map(({ digest }) => digest));
  const isCached = ({ matrices }: Matrices) =>
    matrices.every(({ images }) => images.every((image) => !('rendered' in image)));

  it('gives the same result the second time, without rendering', () => {
    const first = read();
    const second = read();
    expect([isCached(first), isCached(second)]).toEqual([false, true]);
    expect(digests(second)).toEqual(digests(first));
    expect(second.parents).toEqual(first.parents);
    expect(second.matrices[0]!.images[1]!.document).toEqual(first.matrices[0]!.images[1]!.document);
  });

  it.each<[what: string, change: () => void]>([
    ['the manifest', () => write('manifest.yml', files['manifest.yml']!.replace('debian:12"', 'debian:13"'))],
    ['a template', () => write('templates/debian/base.Dockerfile.liquid', 'FROM {{ from }}\nRUN true\n')],
    ['a partial', () => write('templates/user.liquid', 'USER 2000\n')],
    ['a partial that comes before another', () => write('templates/debian/runtime/user.liquid', 'USER 3000\n')],
    ['a copied file', () => write('templates/debian/runtime/motd', 'bye\n')],
    ['the mode of a copied file', () => chmodSync(join(root, 'templates/debian/runtime/motd'), 0o755)],
    ['a file added to a template folder', () => write('templates/debian/runtime/more', 'x\n')],
    ['the .dockerignore of the context', () => write('.dockerignore', '*.log\n')],
  ])('renders again after a change of %s', (_, change) => {
    const before = digests(read());
    change();
    const after = read();
    expect(isCached(after)).toBe(false);
    expect(digests(after)).not.toEqual(before);
    expect(digests(after)).toEqual(digests(fresh()));
  });

  it('detects that a copied folder has become a file', () => {
    const inputs = (matrices: Matrices) => matrices.matrices[0]!.images[1]!.contextInputs;
    const before = inputs(read());
    rmSync(join(root, 'assets'), { recursive: true });
    write('assets', 'now a file\n');
    expect(inputs(read())).not.toEqual(before);
    expect(inputs(read())).toEqual(inputs(fresh()));
  });

  it('separates versions, and removes old entries', () => {
    expect(digests(read({ IMAGE_VERSION: '1.0.0' }))).not.toEqual(digests(read({ IMAGE_VERSION: '2.0.0' })));
    expect(isCached(read({ IMAGE_VERSION: '1.0.0' }))).toBe(true);
    for (let release = 0; release < 20; release += 1) read({ IMAGE_VERSION: `3.${release}.0` });
    const [folder] = readdirSync(join(root, '.nx/workspace-data'));
    expect(readdirSync(join(root, '.nx/workspace-data', folder!)).length).toBeLessThanOrEqual(13);
  });

  it('stores nothing of a manifest with errors', () => {
    write('templates/debian/base.Dockerfile.liquid', 'FROM {{ frm }}\n');
    expect(read().diagnostics).toMatchObject([{ code: 'template-error' }]);
    expect(read().diagnostics).toMatchObject([{ code: 'template-error' }]);
    write('templates/debian/base.Dockerfile.liquid', 'FROM {{ from }}\n');
    expect(read().diagnostics).toEqual([]);
  });

  it.each<[what: string, path: string]>([
    ['a template', 'templates/debian/base.Dockerfile.liquid'],
    ['the .dockerignore of the context', '.dockerignore'],
    ['what a copied path is', 'assets'],
  ])('does not reuse a result from before an edit of %s', (_, path) => {
    const options = resolveOptions(undefined);
    const before = cachedMatrices(root, ['manifest.yml'], options, {}, (store) => {
      rmSync(join(root, path), { recursive: true, force: true });
      write(path, `${files[path] ?? ''}# edited\n`);
      store();
    });
    expect(isCached(before)).toBe(false);
    const after = read();
    expect(isCached(after)).toBe(false);
    expect(digests(after)).toEqual(digests(fresh()));
  });

  it.each(['{"fingerprint": 1', '{"fingerprint": "1", "sources": {}}', '[]'])('ignores a damaged entry: %s', (text) => {
    read();
    const folder = join(root, '.nx/workspace-data', readdirSync(join(root, '.nx/workspace-data'))[0]!);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), text);
    expect(digests(read())).toEqual(digests(fresh()));
  });

  it('keeps the contents of the files by the digest of their image', () => {
    const [, runtime] = read().matrices[0]!.images;
    const contents = storedContents(openStore(root, {}), 'manifest.yml');
    expect(contents(runtime!.digest)!.rendered.map(({ path, content }) => [path, String(content)])).toContainEqual([
      'motd',
      'hello\n',
    ]);
    expect(contents('0'.repeat(64))).toBeUndefined();
  });

  it('stores a file next to a template once for all of its images', () => {
    write(
      'manifest.yml',
      files['manifest.yml']!.replace(
        'debian:12"}',
        'debian:12", add_to_tags: a}\n    13: {templates_dir: templates/debian, base_image: "debian:13", add_to_tags: b}',
      ),
    );
    expect(read().matrices[0]!.images).toHaveLength(4);
    const folder = join(root, '.nx/workspace-data/nx-image-matrix-source');
    const stored = readdirSync(folder).find((name) => name.startsWith('files-'));
    const motd = Buffer.from('hello\n').toString('base64');
    expect(readFileSync(join(folder, stored!), 'utf8').split(motd)).toHaveLength(2);
  });
});
