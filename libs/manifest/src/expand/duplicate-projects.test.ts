import { imagesOf, minimal } from '../../test/minimal.ts';
import { findDuplicateProjects } from '../index.ts';

describe('findDuplicateProjects', () => {
  const images = imagesOf(minimal);

  it('finds nothing in one manifest', () => {
    expect(findDuplicateProjects([{ file: 'a/manifest.yml', images }])).toEqual([]);
  });

  it('names the other manifest, once for each entry, and suggests a prefix', () => {
    const found = findDuplicateProjects([
      { file: 'a/manifest.yml', images },
      { file: 'manifest.yml', images },
    ]);
    expect(found).toEqual([
      {
        file: 'manifest.yml',
        line: 4,
        column: 15,
        code: 'duplicate-project',
        severity: 'error',
        message: 'the project `app-debian12-base` exists in a/manifest.yml too',
        hint: expect.stringContaining('`prefix`'),
      },
    ]);
  });

  it.each([
    ['manifest.yml', '.worktrees/x/manifest.yml', '.worktrees/x'],
    ['services/manifest.yml', 'copy/services/manifest.yml', 'copy'],
  ])('suggests to ignore a possible copy of the workspace: %s and %s', (file, other, folder) => {
    const ignore = `list \`${folder}\` in .gitignore or .nxignore`;
    for (const files of [
      [file, other],
      [other, file],
    ]) {
      const matrices = files.map((name) => ({
        file: name,
        images: images.map((image) => ({ ...image, position: { ...image.position, file: name } })),
      }));
      expect(findDuplicateProjects(matrices)[0]!.hint).toContain(ignore);
    }
  });

  it('finds equal references of different projects', () => {
    const others = imagesOf(minimal.replace('debian:\n', 'ubuntu:\n').replace('[debian]', '[ubuntu]'));
    const found = findDuplicateProjects([
      { file: 'a/manifest.yml', images },
      { file: 'manifest.yml', images: others },
    ]);
    expect(found).toMatchObject([{ message: 'the image `app:base-slim` exists in a/manifest.yml too' }]);
  });

  it('finds nothing with a prefix', () => {
    expect(
      findDuplicateProjects([
        { file: 'a/manifest.yml', images },
        { file: 'manifest.yml', images: imagesOf(minimal, { prefix: 'b-' }) },
      ]),
    ).toEqual([]);
  });
});
