import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { readArchive } from './archive.ts';
import { compareImages } from './compare-images.ts';
import { compareLayers } from './compare-layers.ts';
import { readLayer } from './layer-files.ts';

type Header = Parameters<ReturnType<typeof pack>['entry']>[0];

interface File extends Omit<Header, 'name'> {
  content?: string;
}

/** A tar archive of these files; times are 1970 unless a file says otherwise. */
async function tar(files: Record<string, File | string>): Promise<Buffer> {
  const archive = pack();
  for (const [name, file] of Object.entries(files)) {
    const { content = '', ...header } = typeof file === 'string' ? { content: file } : file;
    archive.entry({ mtime: new Date(0), ...header, name }, content);
  }
  archive.finalize();
  return buffer(archive as unknown as Readable);
}

const filesOf = async (files: Record<string, File | string>) => readLayer(Readable.from([await tar(files)]));
const compare = async (one: Record<string, File | string>, two: Record<string, File | string>) =>
  compareLayers(await filesOf(one), await filesOf(two));

describe('two layers', () => {
  it.each<[string, File | string, File | string, object]>([
    ['content', 'one', 'two', { change: 'content' }],
    ['size', 'one', 'three', { change: 'size', from: '3 bytes', to: '5 bytes' }],
    ['mode', { mode: 0o644 }, { mode: 0o4755 }, { change: 'mode', from: '0644', to: '04755' }],
    ['owner', { uid: 0, gid: 0 }, { uid: 1000, gid: 7 }, { change: 'owner', from: '0:0', to: '1000:7' }],
    [
      'time',
      { mtime: new Date(0) },
      { mtime: new Date(86_400_000) },
      { change: 'mtime', from: '1970-01-01T00:00:00Z', to: '1970-01-02T00:00:00Z' },
    ],
    ['link', { type: 'symlink', linkname: 'a' }, { type: 'symlink', linkname: 'b' }, { change: 'link', to: 'b' }],
    ['kind', 'text', { type: 'symlink', linkname: '/etc' }, { change: 'type', from: 'file', to: 'symlink' }],
    ['attribute', { pax: { 'SCHILY.xattr.user.a': '1' } } as File, '', { change: 'attributes' }],
    ['part of a second', { pax: { mtime: '0.25' } } as File, '', { change: 'mtime', from: '1970-01-01T00:00:00.250Z' }],
  ])('differ in the %s of a file', async (_, one, two, expected) => {
    expect(await compare({ same: 'x', file: one }, { same: 'x', file: two })).toMatchObject({
      first: { path: 'file', ...expected },
      count: 1,
    });
  });

  it('differ in files that only one has', async () => {
    expect((await compare({ a: '', b: '' }, { a: '' })).first).toMatchObject({ path: 'b', change: 'missing' });
    expect((await compare({ a: '' }, { a: '', b: '' })).first).toMatchObject({ path: 'b', change: 'extra' });
  });

  it('name content before times, and files before folders', async () => {
    const at = (seconds: number): File => ({ mtime: new Date(seconds * 1_000) });
    const folder = (seconds: number): File => ({ ...at(seconds), type: 'directory' });
    const [one, two] = [
      { d: folder(1), 'd/a': at(1), 'd/b': '1' },
      { d: folder(2), 'd/a': at(2), 'd/b': '2' },
    ];
    expect(await compare(one, two)).toMatchObject({ first: { path: 'd/b', change: 'content' }, count: 3 });
    const { 'd/b': _one, ...before } = one;
    const { 'd/b': _two, ...after } = two;
    expect(await compare(before, after)).toMatchObject({ first: { path: 'd/a', change: 'mtime' }, count: 2 });
  });

  it('differ in their order alone', async () => {
    expect(await compare({ a: '1', b: '2' }, { b: '2', a: '1' })).toEqual({ count: 0, order: true });
    expect(await compare({ a: '1' }, { a: '1' })).toEqual({ count: 0, order: false });
  });

  it('have names that no program should follow', async () => {
    const names = [
      '../../etc/passwd',
      '/etc/passwd',
      './a',
      '__proto__',
      'constructor',
      '\u001b[31mred',
      'a\nb',
      'ü'.repeat(150),
    ];
    const files = await filesOf(Object.fromEntries(names.map((name) => [name, name])));
    expect([...files.keys()]).toEqual(expect.arrayContaining(['../../etc/passwd', 'etc/passwd', 'a', '\u001b[31mred']));
    expect((await filesOf(JSON.parse('{"__proto__": "x"}') as Record<string, string>)).get('__proto__')).toMatchObject({
      size: 1,
    });
  });
});

describe('a layer', () => {
  it('may be compressed with gzip', async () => {
    const layer = gzipSync(await tar({ a: '1' }));
    expect([...(await readLayer(Readable.from([layer]))).keys()]).toEqual(['a']);
  });

  it('may be empty', async () => {
    expect((await readLayer(Readable.from([await tar({})]))).size).toBe(0);
  });

  it.each<[string, Buffer]>([
    ['zstd', Buffer.from('28b52ffd00000000', 'hex')],
    ['a broken gzip', gzipSync('x').subarray(0, 12)],
    ['no archive', Buffer.alloc(2_048, 'x')],
  ])('is not read if it is %s', async (_, content) => {
    await expect(readLayer(Readable.from([content]))).rejects.toThrow();
  });
});

describe('two images', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'image-content-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const digestOf = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

  /** An archive as `docker save` writes it. */
  async function saved(name: string, layers: Record<string, File | string>[], more: object = {}): Promise<string> {
    const tars = await Promise.all(layers.map(tar));
    const config = JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      rootfs: { diff_ids: tars.map((layer) => `sha256:${digestOf(layer)}`) },
      history: [
        { created_by: 'ENV A=1', empty_layer: true },
        ...layers.map((_, index) => ({ created_by: `RUN step ${index + 1} # buildkit` })),
      ],
      ...more,
    });
    const path = join(folder, name);
    const files = Object.fromEntries(tars.map((layer, index) => [`${index}.tar`, layer]));
    const archive = pack();
    for (const [file, content] of Object.entries(files)) archive.entry({ name: file }, content);
    archive.entry({ name: 'config.json' }, config);
    const list = [{ Config: 'config.json', Layers: Object.keys(files) }];
    archive.entry({ name: 'manifest.json' }, JSON.stringify(list));
    archive.finalize();
    writeFileSync(path, await buffer(archive as unknown as Readable));
    return path;
  }
  const compareFiles = async (one: string, two: string) =>
    compareImages(await readArchive(one), await readArchive(two));

  it('are equal', async () => {
    expect(await compareFiles(await saved('1', [{ a: '1' }]), await saved('2', [{ a: '1' }]))).toBeUndefined();
  });

  it('differ first in the lowest layer, which its instruction names', async () => {
    const one = await saved('1', [{ a: '1' }, { b: '1' }, { c: '1' }]);
    const two = await saved('2', [{ a: '1' }, { b: '2' }, { c: '2' }]);
    expect(await compareFiles(one, two)).toEqual({
      platform: 'linux/amd64',
      layer: {
        number: 2,
        count: 3,
        instruction: 'RUN step 2 # buildkit',
        files: { first: { path: 'b', change: 'content', from: '6b86b273', to: 'd4735e3a' }, count: 1, order: false },
      },
    });
  });

  it('differ in the number of layers', async () => {
    const [one, two] = [await saved('1', [{ a: '1' }]), await saved('2', [{ a: '1' }, { b: '1' }])];
    expect(await compareFiles(one, two)).toMatchObject({
      layer: { number: 2, count: 2, instruction: 'RUN step 2 # buildkit' },
    });
    expect((await compareFiles(one, two))?.layer).not.toHaveProperty('files');
  });

  it('differ in the configuration alone', async () => {
    const one = await saved('1', [{ a: '1' }], { created: '1', config: { Labels: { x: 'a' } } });
    const two = await saved('2', [{ a: '1' }], { created: '1', config: { Labels: { x: 'b' } } });
    expect(await compareFiles(one, two)).toEqual({
      platform: 'linux/amd64',
      field: { name: 'config.Labels.x', from: 'a', to: 'b' },
    });
  });

  it.each<[string, Buffer | string]>([
    ['is empty', ''],
    ['is not an archive', 'x'.repeat(1_024)],
  ])('are not compared if one %s', async (_, content) => {
    writeFileSync(join(folder, 'bad'), content);
    await expect(readArchive(join(folder, 'bad'))).rejects.toThrow();
  });

  it('are not compared without an index, or with one that is not JSON', async () => {
    writeFileSync(join(folder, 'none'), await tar({ a: '1' }));
    await expect(readArchive(join(folder, 'none'))).rejects.toThrow('it has neither index.json nor manifest.json');
    writeFileSync(join(folder, 'text'), await tar({ 'index.json': '{' }));
    await expect(readArchive(join(folder, 'text'))).rejects.toThrow('a document is not JSON');
    writeFileSync(join(folder, 'wrong'), await tar({ 'index.json': '{"manifests": [{"digest": 7}]}' }));
    expect((await readArchive(join(folder, 'wrong'))).images).toEqual([]);
  });
});
