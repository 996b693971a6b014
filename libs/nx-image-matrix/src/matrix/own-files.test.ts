import { droppedFiles, writtenFiles } from './own-files.ts';

const found = { manifest: 'manifest.yml', outputFolder: 'docker', folder: 'docker/app/debian12/runtime-cuda12.4.1' };
const image = { package: 'app', distro: 'debian', distroVersion: '12', releaseType: 'runtime' };
const files = ['Dockerfile', 'image.json', 'sub/run.sh'];
const own = { ...image, manifest: found.manifest, folder: found.folder, files };

describe('writtenFiles', () => {
  it('are those listed in the image.json of this manifest', () => {
    expect(writtenFiles(JSON.stringify(own), found)).toEqual(files);
  });

  it('are the three that every image has, if an earlier version wrote the image.json', () => {
    expect(writtenFiles(JSON.stringify(image), found)).toEqual(['Dockerfile', 'Dockerfile.dockerignore', 'image.json']);
  });

  it.each([
    ['of another manifest', own, { ...found, manifest: 'tools/manifest.yml' }],
    ['that was copied to another folder', own, { ...found, folder: 'docker/app/debian12/runtime-mine' }],
    ['of an image that would lie elsewhere', own, { ...found, folder: 'docker/app/debian13/runtime-cuda12.4.1' }],
    ['in the output folder itself', { ...own, folder: 'docker' }, { ...found, folder: 'docker' }],
    ['in the folder of a package', { ...own, folder: 'docker/app' }, { ...found, folder: 'docker/app' }],
    ['below the folder of an image', own, { ...found, folder: `${found.folder}/x` }],
    ['of an earlier version in another folder', image, { ...found, folder: 'docker/tools/docker/runtime' }],
    ['that lists something above its folder', { ...own, files: ['../../../precious'] }, found],
    ['that lists an absolute path', { ...own, files: ['/etc/passwd'] }, found],
    ['that lists no texts', { ...own, files: [1] }, found],
    ['without a list', { ...own, files: undefined }, found],
    ['without its package', { ...own, package: undefined }, found],
    ['that is a list', [own], found],
  ])('are not known from an image.json %s', (_, document, place) => {
    expect(writtenFiles(JSON.stringify(document), place)).toBeUndefined();
  });

  it.each(['', 'null', '1', '{', 'FROM scratch'])('are not known from %j', (text) => {
    expect(writtenFiles(text, found)).toBeUndefined();
  });
});

describe('droppedFiles', () => {
  const dropped = (before: unknown, after: unknown) => droppedFiles(JSON.stringify(before), JSON.stringify(after));

  it('are those listed in the previous image.json and not in the new one', () => {
    expect(dropped(own, { ...own, files: ['Dockerfile', 'image.json'] })).toEqual(['sub/run.sh']);
  });

  it.each([
    ['another manifest', { ...own, manifest: 'x/manifest.yml' }],
    ['another folder', { ...own, folder: 'docker/app/debian12/base' }],
    ['an earlier version', image],
    ['something above', { ...own, files: ['../x', '/x', 'a/../../x', 'Dockerfile'] }],
  ])('are none of the files of %s', (_, before) => {
    expect(dropped(before, { ...own, files: ['Dockerfile'] })).toEqual([]);
  });
});
