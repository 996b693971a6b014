import { rmSync } from 'node:fs';
import type { Engine } from '../engine.ts';
import type { EngineName } from '../engines.ts';
import { run } from '../process/run.ts';
import { baseImage, contextWith, requestFor, requireStand } from '../testing/stand.ts';
import { Containers } from './containers.ts';

/** `TEST_ENGINES` selects other installed engines; buildah cannot run containers of its own images. */
const names = (process.env['TEST_ENGINES'] ?? 'docker').split(',');
const chosen = (['docker', 'podman'] as const satisfies EngineName[]).filter((name) => names.includes(name));
const tag = `containers-test-${process.pid}:1`;

describe.each(chosen.map((name) => ({ name })))('containers of $name', ({ name }) => {
  let engine: Engine;
  let image: string;
  let containers: Containers;
  const context = contextWith({
    Dockerfile: `FROM ${baseImage}\nRUN echo one > /file && chown 12:34 /file && chmod 4750 /file && ln -s file /link && ln -s usr/none /none\nCMD ["sleep", "1"]\nENTRYPOINT ["false"]\n`,
  });

  beforeAll(async () => {
    ({ engine } = await requireStand(name));
    ({ id: image } = await engine.build(requestFor(context, [tag])));
    containers = new Containers(name, process.env, new AbortController().signal);
  });
  afterAll(async () => {
    await containers.close();
    await engine.remove(tag);
    rmSync(context, { recursive: true, force: true });
  });

  const ofRun = async (script: string, timeout = 60_000, environment: string[] = []) => {
    const id = await containers.create({ image, entrypoint: ['sh', '-c', script], environment });
    return containers.run(id, timeout);
  };

  it('keep the two streams apart, and say how they ended', async () => {
    expect(await ofRun('echo out $A; echo err >&2; exit 3', 60_000, ['A=b c'])).toEqual({
      exitCode: 3,
      stdout: 'out b c\n',
      stderr: 'err\n',
    });
  });

  it('are stopped after their time, and at too much output', async () => {
    expect((await ofRun("trap '' TERM; sleep 100", 1_000)).problem).toContain('longer than 1 s');
    expect((await ofRun('yes')).problem).toContain('more than 10 MB');
  });

  it('say if they did not start', async () => {
    const id = await containers.create({ image, entrypoint: ['nothing-of-that-name'] });
    expect((await containers.run(id, 60_000)).problem).toContain('it did not start');
  });

  it('pass on what they have changed', async () => {
    const id = await containers.create({ image, entrypoint: ['sh', '-c', 'echo two > /made'] });
    await containers.run(id, 60_000);
    const next = await containers.create({ image: await containers.commit(id), entrypoint: ['cat', '/made'] });
    expect(await containers.run(next, 60_000)).toMatchObject({ exitCode: 0, stdout: 'two\n' });
  });

  it('have their files read without being started', async () => {
    const id = await containers.create({ image });
    expect(await containers.stat(id, '/file')).toMatchObject({ kind: 'file', mode: 0o4750, uid: 12, gid: 34, size: 4 });
    expect(await containers.stat(id, '/link')).toMatchObject({ kind: 'link' });
    expect(await containers.stat(id, '/bin/sh')).toMatchObject({ kind: 'link' });
    expect(await containers.stat(id, '/')).toMatchObject({ kind: 'folder' });
    expect(await containers.stat(id, '/nothing')).toBeUndefined();
    expect(String((await containers.read(id, '/link'))?.content)).toBe('one\n');
    expect(await containers.read(id, '/none')).toBeUndefined();
    expect(await containers.read(id, '/etc')).toMatchObject({ kind: 'folder' });
  });

  it('leave nothing behind', async () => {
    await containers.close();
    const label = 'label=io.github.nx-image-matrix.test';
    const left = await run(name, ['ps', '--all', '--quiet', '--filter', label]);
    const images = await run(name, ['images', '--quiet', '--filter', label]);
    expect([left.stdout, images.stdout]).toEqual(['', '']);
  });
});

it('are none of buildah', () => {
  const open = () => new Containers('buildah', process.env, new AbortController().signal);
  expect(open).toThrow('buildah cannot run tests of images');
});
