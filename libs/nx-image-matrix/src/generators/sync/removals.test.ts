import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { createTree } from '@nx/devkit/testing';
import type { Matrix } from '../../matrix/matrix.ts';
import { findRemovals } from './removals.ts';

/** Nx's tree of a real folder. */
const FsTree = createTree().constructor as new (root: string, isVerbose: boolean) => Tree;

describe('findRemovals', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'removals-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, text = 'x'): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  const three = ['Dockerfile', 'Dockerfile.dockerignore', 'image.json'];

  /** Writes the files of an image; `image.json` of an earlier version does not list them. */
  function writeImage(manifest: string, folder: string, { files = three, listed = true, pkg = '' } = {}): void {
    const [releaseType, distro, name] = folder.split('/').toReversed();
    const image = { package: pkg || name, distro: distro!.slice(0, -2), distroVersion: distro!.slice(-2), releaseType };
    for (const file of files) write(`${folder}/${file}`);
    write(`${folder}/image.json`, JSON.stringify({ ...image, ...(listed && { manifest, folder, files }) }));
  }

  /** What is removed, given the images that manifests still have: `folder` or `folder: file, file`. */
  function removals(images: Record<string, string[]> = { 'manifest.yml': [] }) {
    const outputs = Object.entries(images).map(([file, folders]) => {
      const contextDir = dirname(file) === '.' ? '' : dirname(file);
      const matrix = {
        file,
        contextDir,
        images: folders.map((dir) => ({ image: { dir }, files: three.map((path) => ({ path })) })),
      };
      return { matrix: matrix as unknown as Matrix, path: join(contextDir, 'docker') };
    });
    return findRemovals(new FsTree(root, false), outputs);
  }

  const gone = 'docker/app/debian12/gone';
  const paths = three.map((file) => `${gone}/${file}`);

  it('are the files of an image that no longer exists; others in its folder are listed and kept', () => {
    writeImage('manifest.yml', gone);
    write(`${gone}/notes.txt`);
    write(`${gone}/project.json`, '{}');
    write(`${gone}/more/own.txt`);
    expect(removals()).toEqual([
      {
        folder: gone,
        inUse: false,
        files: paths,
        left: [`${gone}/more/own.txt`, `${gone}/notes.txt`, `${gone}/project.json`],
      },
    ]);
  });

  it('are the three files that every image has, if an earlier version wrote them', () => {
    writeImage('manifest.yml', gone, { listed: false });
    write(`${gone}/extra.sh`);
    expect(removals()).toEqual([{ folder: gone, inUse: false, files: paths, left: [`${gone}/extra.sh`] }]);
  });

  it('are those of a package with slashes, even if no manifest has such packages', () => {
    const folder = 'docker/osrf/ros/debian12/gone';
    writeImage('manifest.yml', folder, { pkg: 'osrf/ros' });
    expect(removals()).toMatchObject([{ folder, files: three.map((file) => `${folder}/${file}`) }]);
  });

  it('are obsolete files of an existing image', () => {
    writeImage('manifest.yml', gone, { files: [...three, 'bin/start.sh'] });
    write(`${gone}/project.json`, '{}');
    expect(removals({ 'manifest.yml': [gone] })).toEqual([
      { folder: gone, inUse: true, files: [`${gone}/bin/start.sh`], left: [] },
    ]);
  });

  it.each([true, false])('are none of a second manifest below the output folder (listed: %s)', (listed) => {
    writeImage('docker/tools/manifest.yml', 'docker/tools/docker/tool/debian12/base', { listed });
    expect(removals()).toEqual([]);
    expect(removals({ 'manifest.yml': [], 'docker/tools/manifest.yml': ['docker/tool/debian12/base'] })).toEqual([]);
  });

  it('are obsolete files of the second manifest', () => {
    const folder = 'docker/tools/docker/tool/debian12/base';
    writeImage('docker/tools/manifest.yml', folder);
    expect(removals({ 'manifest.yml': [], 'docker/tools/manifest.yml': [] })).toMatchObject([{ folder }]);
  });

  it.each(['docker', 'docker/app', 'docker/app/debian12', `${gone}/x`, 'docker/app/debian12/copy'])(
    'are none by the image.json of another image in %s',
    (folder) => {
      writeImage('manifest.yml', gone);
      const tree = new FsTree(root, false);
      const text = tree.read(`${gone}/image.json`, 'utf8')!;
      rmSync(join(root, gone), { recursive: true });
      write(`${folder}/image.json`, text);
      write(`${folder}/Dockerfile`);
      write(`${folder}/notes.txt`);
      expect(removals()).toEqual([]);
    },
  );

  it('are none behind a symbolic link, nor a link', () => {
    writeImage('manifest.yml', gone);
    rmSync(join(root, gone, 'Dockerfile'));
    write('precious/Dockerfile');
    symlinkSync(join(root, 'precious/Dockerfile'), join(root, gone, 'Dockerfile'));
    expect(removals()).toMatchObject([{ files: paths.slice(1), left: [`${gone}/Dockerfile`] }]);
    rmSync(join(root, 'precious'), { recursive: true });
    write('elsewhere/x');
    symlinkSync(join(root, 'docker/app'), join(root, 'docker/link'));
    expect(removals()).toHaveLength(1);
  });

  it('are none if the output folder is a link', () => {
    writeImage('manifest.yml', 'real/app/debian12/gone');
    symlinkSync('real', join(root, 'docker'));
    expect(removals()).toEqual([]);
  });
});
