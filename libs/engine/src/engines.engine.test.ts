import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUILD_ID_LABEL } from './build-id/build-id.ts';
import type { Engine } from './engine.ts';
import { engines } from './engines.ts';
import { manifestDigest } from './registry/client.ts';
import { openRegistrySession } from './registry/session.ts';
import { registryProxy, wantsLogin } from './testing/registry-proxy.ts';
import type { RegistryProxy } from './testing/registry-proxy.ts';
import { baseImage, contextWith, requestFor, requireStand } from './testing/stand.ts';

jest.setTimeout(300_000);

/** `TEST_ENGINES` selects other installed engines. */
const names = (process.env['TEST_ENGINES'] ?? 'docker').split(',');
const chosen = engines.filter(({ name }) => names.includes(name));
const unique = `engine-test-${process.pid}`;

describe.each(chosen)('$name', ({ name, program, capabilities }) => {
  let engine: Engine;
  let registry: string;
  let proxy: RegistryProxy;
  const contexts: string[] = [];
  const references = new Set<string>();

  beforeAll(async () => {
    ({ engine, registry } = await requireStand(name));
    proxy = await registryProxy(registry);
  });

  afterAll(async () => {
    proxy?.close();
    for (const reference of references) await engine?.remove(reference);
    for (const context of contexts) rmSync(context, { recursive: true, force: true });
  });

  function prepare(files: Record<string, string>): string {
    const folder = contextWith(files);
    contexts.push(folder);
    return folder;
  }

  async function build(dockerfile: string, tag: string, more = {}) {
    references.add(tag);
    return engine.build(requestFor(prepare({ Dockerfile: dockerfile }), [tag], more));
  }

  it('builds, and reports the ID that the engine has for the tags', async () => {
    const lines: string[] = [];
    const tags = [`${unique}:one`, `${unique}:two`];
    for (const tag of tags) references.add(tag);
    const folder = prepare({ Dockerfile: `FROM ${baseImage}\nARG WHO\nRUN echo "hello $WHO"\n` });
    const built = await engine.build(
      requestFor(folder, tags, {
        noCache: true,
        buildArgs: { WHO: 'a b' },
        labels: { [BUILD_ID_LABEL]: 'sha256:1' },
        onLine: (line) => lines.push(line),
      }),
    );
    expect(lines.some((line) => line.includes('hello a b'))).toBe(true);
    expect(built.duration).toBeGreaterThan(0);
    const images = await engine.images([...tags, `${unique}:missing`, 'docker.io/team/missing:1']);
    expect([...images.keys()]).toEqual(tags);
    for (const image of images.values()) {
      expect(image).toMatchObject({ id: built.id, labels: { [BUILD_ID_LABEL]: 'sha256:1' } });
    }
  });

  it('gives the same ID again when nothing has changed', async () => {
    const dockerfile = `FROM ${baseImage}\nRUN echo ${unique} > /x\n`;
    const first = await build(dockerfile, `${unique}:repeat`);
    expect((await build(dockerfile, `${unique}:repeat`)).id).toBe(first.id);
  });

  it('starts from the parent that was checked, or fails if its tag has moved', async () => {
    const parent = `${unique}:base-slim`;
    await build(`FROM ${baseImage}\nRUN echo right > /which\n`, parent);
    const image = (await engine.images([parent])).get(parent)!;
    const lines: string[] = [];
    const child = (): Promise<unknown> =>
      build(`FROM ${parent}\nRUN echo "it is $(cat /which)"\n`, `${unique}:child`, {
        pins: [{ reference: parent, image }],
        noCache: true,
        onLine: (line: string) => lines.push(line),
      });
    await child();
    await engine.remove(`${unique}:child`);

    await build(`FROM ${baseImage}\nRUN echo wrong > /which\n`, `${unique}:other`);
    await engine.tag(`${unique}:other`, parent);
    const outcome = await child().catch((error: unknown) => error);
    const given = capabilities.parents === 'given';
    expect((outcome as { code?: string }).code).toBe(given ? undefined : 'build-failed');
    expect((await engine.images([`${unique}:child`])).size).toBe(given ? 1 : 0);
    expect(lines.join('\n')).toContain('it is right');
    expect(lines.join('\n')).not.toContain('it is wrong');
  });

  it('starts from a parent that was tagged rather than built', async () => {
    const parent = `${unique}-tagged:base`;
    references.add(parent);
    await build(`FROM ${baseImage}\nRUN echo ${unique} > /tagged\n`, `${unique}:source`);
    await engine.tag(`${unique}:source`, parent);
    const image = (await engine.images([parent])).get(parent)!;
    const pins = [{ reference: parent, image }];
    expect(await build(`FROM ${parent}\nRUN cat /tagged\n`, `${unique}:grandchild`, { pins })).toHaveProperty('id');
  });

  it('starts from a parent that is only in a registry, and pulls it under a name on request', async () => {
    const [parent, pushed] = [`${unique}-remote:base`, `${registry}/${unique}-remote:base`];
    references.add(parent);
    await build(`FROM ${baseImage}\nRUN echo ${unique} > /remote\n`, pushed);
    const { digest } = await engine.push(pushed, { onLine: () => {} });
    await engine.remove(pushed);
    const source = `${registry}/${unique}-remote@${digest}`;
    const remoteParents = [{ reference: parent, source }];
    const lines: string[] = [];
    await build(`FROM ${parent}\nRUN echo "it is $(cat /remote)"\n`, `${unique}:on-remote`, {
      remoteParents,
      noCache: true,
      onLine: (line: string) => lines.push(line),
    });
    expect(lines.join('\n')).toContain(`it is ${unique}`);
    expect((await engine.images([parent])).size).toBe(0);
    await engine.pull(source, parent, { onLine: () => {} });
    expect((await engine.images([parent])).size).toBe(1);
    const lost = engine.pull(source.replace(/\w{8}$/, '00000000'), parent, { onLine: () => {} });
    await expect(lost).rejects.toMatchObject({ code: 'not-found' });
  });

  it('reads the build cache that another build has written to a registry', async () => {
    const reference = `${registry}/${unique}-cache:one`;
    const lines: string[] = [];
    const dockerfile = `FROM ${baseImage}\nRUN echo ${unique} > /cached\n`;
    const more = { onLine: (line: string) => lines.push(line) };
    const first = await build(dockerfile, `${unique}:cached`, {
      ...more,
      noCache: true,
      cache: { from: [], to: reference, pushed: [] },
    });
    const exported = await manifestDigest(reference).catch(() => undefined);
    expect(exported !== undefined).toBe(capabilities.registryCache);
    lines.length = 0;
    const second = await build(dockerfile, `${unique}:cached`, {
      ...more,
      cache: { from: [reference, `${registry}/${unique}-cache:none`], pushed: [] },
    });
    expect(lines.join('\n')).toMatch(capabilities.registryCache ? /importing cache manifest from \S+-cache:one/ : /./);
    expect(second.id).toBe(first.id);
  });

  it('passes secrets without leaving them anywhere', async () => {
    const lines: string[] = [];
    const folder = prepare({ token: 'from-file', Dockerfile: '' });
    writeFileSync(
      join(folder, 'Dockerfile'),
      `FROM ${baseImage}\nRUN --mount=type=secret,id=a --mount=type=secret,id=b test "$(cat /run/secrets/a)-$(cat /run/secrets/b)" = from-env-from-file\n`,
    );
    references.add(`${unique}:secret`);
    await engine.build(
      requestFor(folder, [`${unique}:secret`], {
        secrets: [
          { id: 'a', env: 'ENGINE_TEST_SECRET' },
          { id: 'b', src: join(folder, 'token') },
        ],
        environment: { ...process.env, ENGINE_TEST_SECRET: 'from-env' },
        onLine: (line) => lines.push(line),
      }),
    );
    expect(lines.join('\n')).not.toMatch(/= *from-env$/);
  });

  it('includes the files that the dockerignore includes, and reports that it can', async () => {
    const folder = prepare({
      Dockerfile: '',
      'a/keep.txt': '1',
      'a/drop.md': '2',
      'a/README.md': '3',
      'a/deep/x/keep.sh': '4',
      'a/deep/node_modules/y.js': '5',
      'b/file': '6',
      'b/other': '7',
      'c d/with space': '8',
      'drop.txt': '9',
      '.hidden': '10',
    });
    symlinkSync('keep.txt', join(folder, 'a/link'));
    chmodSync(join(folder, 'a/deep/x/keep.sh'), 0o755);
    const ignore = '*\n# comment\n!a/\n!/b/f*\n!c d\n!.hidden\n**/*.md\n!**/README.md\na/**/node_modules\n';
    writeFileSync(join(folder, 'Dockerfile.dockerignore'), ignore);
    writeFileSync(
      join(folder, 'Dockerfile'),
      `FROM ${baseImage}\nCOPY . /ctx/\nRUN cd /ctx && find . -type f -o -type l | sed "s,^./,ARRIVED=," | LC_ALL=C sort && stat -c "MODE=%a" a/deep/x/keep.sh\n`,
    );
    const lines: string[] = [];
    references.add(`${unique}:context`);
    await engine.build(
      requestFor(folder, [`${unique}:context`], { noCache: true, onLine: (line) => lines.push(line) }),
    );
    const output = lines.join('\n');
    const arrived = [...output.matchAll(/ARRIVED=(.+)$/gm)]
      .map(([, path]) => path)
      .filter((path) => !path?.startsWith(','));
    expect(arrived).toEqual([
      '.hidden',
      'a/README.md',
      'a/deep/x/keep.sh',
      'a/keep.txt',
      'a/link',
      'b/file',
      'c d/with space',
    ]);
    expect(output).toContain('MODE=755');
  });

  it('reports the error of a build, and keeps the output', async () => {
    await expect(build(`FROM ${baseImage}\nRUN echo oh no && exit 7\n`, `${unique}:broken`)).rejects.toMatchObject({
      code: 'build-failed',
      message: expect.stringMatching(/engine-test-\d+:broken was not built/),
      output: expect.stringContaining('oh no'),
    });
    await expect(build('FROM engine-test-no-such-image:1\n', `${unique}:broken`)).rejects.toMatchObject({
      code: 'build-failed',
      hint: expect.stringContaining('base image'),
    });
  });

  it('stops a build that takes too long, and one that is aborted', async () => {
    const before = workingContainers(program);
    const slow = (seconds: number): string => `FROM ${baseImage}\nRUN sleep ${seconds}\n`;
    const [first, second] = [31_000_000 + process.pid, 32_000_000 + process.pid];
    await expect(build(slow(first), `${unique}:slow`, { timeout: 5_000 })).rejects.toMatchObject({ code: 'timeout' });
    const controller = new AbortController();
    const aborted = build(slow(second), `${unique}:slow`, { signal: controller.signal });
    setTimeout(() => controller.abort(), 5_000);
    await expect(aborted).rejects.toMatchObject({ code: 'interrupted' });
    await sleep(1_500);
    expect(spawnSync('pgrep', ['-f', `sleep (${first}|${second})$`], { encoding: 'utf8' }).stdout).toBe('');
    expect((await engine.images([`${unique}:slow`])).size).toBe(0);
    expect(workingContainers(program)).toBe(before);
  });

  it('pushes what it built, and removes it', async () => {
    const reference = `${registry}/${unique}:pushed`;
    await build(`FROM ${baseImage}\nRUN echo ${unique} > /pushed\n`, `${unique}:pushed`);
    references.add(reference);
    await engine.tag(`${unique}:pushed`, reference);
    const { digest } = await engine.push(reference, { onLine: () => {} });
    expect(await manifestDigest(reference)).toBe(digest);
    expect((await engine.push(reference, { onLine: () => {} })).digest).toBe(digest);
    await engine.remove(reference);
    await engine.remove(reference);
    expect([...(await engine.images([reference, `${unique}:pushed`])).keys()]).toEqual([`${unique}:pushed`]);
  });

  it('says what is missing', async () => {
    await expect(engine.tag(`${unique}:nowhere`, `${unique}:x`)).rejects.toMatchObject({ code: 'not-found' });
    await expect(engine.push(`${registry}/${unique}:nowhere`, { onLine: () => {} })).rejects.toMatchObject({
      code: 'not-found',
      hint: 'build the image first',
    });
  });

  it('pushes with its own login, and not without', async () => {
    proxy.intercept = wantsLogin('me', 'pass:word');
    const reference = `${proxy.address}/${unique}:private`;
    await build(`FROM ${baseImage}\nRUN echo ${unique} > /private\n`, `${unique}:private`);
    references.add(reference);
    await engine.tag(`${unique}:private`, reference);
    await expect(engine.push(reference, { onLine: () => {} })).rejects.toMatchObject({ code: 'unauthorized' });

    const session = await openRegistrySession();
    await expect(session.login(proxy.address, 'me', 'wrong')).rejects.toMatchObject({ code: 'unauthorized' });
    await session.login(proxy.address, 'me', 'pass:word');
    const lines: string[] = [];
    const { digest } = await engine.push(reference, { config: session, onLine: (line) => lines.push(line) });
    expect(await manifestDigest(reference, { user: 'me', password: 'pass:word' })).toBe(digest);
    expect(lines.join('\n')).not.toContain('could not be asked');
    await session.close();
    const own = process.env['DOCKER_CONFIG'] ?? join(process.env['HOME'] ?? '', '.docker');
    expect(readOrEmpty(join(own, 'config.json'))).not.toContain(proxy.address);
  });

  it.each([
    ['503', 3],
    ['429', 3],
    ['reset', 2],
  ])('survives a registry that answers %s %i times', async (fault, times) => {
    let left = times;
    proxy.intercept = (incoming, response) => {
      if (left === 0 || incoming.method === 'GET') return false;
      left--;
      if (fault === 'reset') incoming.socket.destroy();
      else response.writeHead(Number(fault)).end('{}');
      return true;
    };
    const reference = `${proxy.address}/${unique}:fault-${fault}`;
    await build(`FROM ${baseImage}\nRUN echo ${unique} ${fault} > /fault\n`, `${unique}:fault`);
    references.add(reference);
    await engine.tag(`${unique}:fault`, reference);
    const { digest } = await engine.push(reference, { onLine: () => {} });
    expect(left).toBe(0);
    expect(await manifestDigest(reference)).toBe(digest);
  });
});

/** How engines list containers that a build may leave behind; docker shows none of its own. */
const containerLists: Record<string, string[]> = {
  podman: ['ps', '--all', '--external', '--quiet'],
  buildah: ['containers', '--quiet'],
};

function workingContainers(program: string): string {
  const args = containerLists[program];
  return args ? spawnSync(program, args, { encoding: 'utf8' }).stdout : '';
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
