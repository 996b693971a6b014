import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readDockerfile } from '@nx-image-matrix/dockerfile';
import { secretPath } from '@nx-image-matrix/engine';
import { contextFiles } from '../build-context/context-files.ts';
import { readOwnDockerignore, writeDockerignore } from '../build-context/write-dockerignore.ts';
import { findCopiedSecret } from './copied-secret.ts';

describe('findCopiedSecret', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'copied-secret-'));
    for (const path of ['tools/token', 'tools/token2', 'tools/to', 'tokens/x', 'pip.conf', 'pip.conf.example', 'a/b/c'])
      write(path, path);
    symlinkSync('tools/token', join(root, 'link'));
    symlinkSync('tools', join(root, 'folder-link'));
    linkSync(join(root, 'tools/token'), join(root, 'hard'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  /** The paths that an image with this line in its Dockerfile copies. */
  async function copied(line: string, src: string, own?: string) {
    const { facts } = readDockerfile(`FROM scratch\n${line}\n`, {});
    const sources = facts!.sources.map(({ path }) => path);
    const context = await contextFiles(root, writeDockerignore(sources, readOwnDockerignore(own)), sources);
    return findCopiedSecret(root, context, new Map([[secretPath(src, root), src]]));
  }

  const spellings = [
    'tools/token',
    './tools/token',
    'tools//token',
    'tools/../tools/token',
    'link',
    'folder-link/token',
  ];
  it.each([...spellings, 'hard', 'absolute'])('finds the secret spelled %s', async (spelling) => {
    const src = spelling === 'absolute' ? join(root, 'tools/token') : spelling;
    const ways = ['COPY tools/token /', 'COPY tools /t', 'COPY tools/ /t/', 'COPY tools/t* /', 'COPY ./tools//token /'];
    ways.push('ADD tools/../tools/token /', 'COPY . .', 'COPY ["tools", "/t"]', 'COPY */token /', 'COPY hard /');
    ways.push('RUN --mount=type=bind,source=tools,target=/t true', 'RUN --mount=target=/src true');
    for (const way of ways)
      expect([way, await copied(way, src)]).toEqual([way, expect.objectContaining({ what: src })]);
  });

  it.each([
    'COPY tools/token2 /',
    'COPY tools/to /',
    'COPY tokens /',
    'COPY a /a',
    'COPY pip.conf.example /etc/pip.conf',
    'RUN true',
  ])('does not report %s', async (line) => {
    for (const src of [...spellings, 'pip.conf', 'no/such/file']) {
      expect([src, await copied(line, src)]).toEqual([src, undefined]);
    }
  });

  it('allows copying a folder without the secret that a .dockerignore excludes', async () => {
    expect(await copied('COPY tools /t', 'tools/token', 'tools/token\n')).toBeUndefined();
  });

  it('finds a link to the secret that is copied', async () => {
    expect(await copied('COPY link /', 'tools/token')).toMatchObject({ what: 'tools/token' });
  });
});
