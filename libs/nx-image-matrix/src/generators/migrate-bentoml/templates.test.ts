import { createTree } from '@nx/devkit/testing';
import { versionArguments } from './manifest.ts';
import { migrateTemplates } from './templates.ts';

describe('migrateTemplates', () => {
  function migrated(files: Record<string, string>): { files: Record<string, string>; problems: string[] } {
    const tree = createTree();
    for (const [path, text] of Object.entries(files)) tree.write(`old/templates/${path}`, text);
    const found = migrateTemplates(tree, 'old', ['templates'], versionArguments);
    return {
      files: Object.fromEntries(found.files),
      problems: [...found.problems].flatMap(([path, all]) =>
        all.map(({ line, message }) => `${path.replace('old/templates/', '')}:${line}: ${message}`),
      ),
    };
  }

  it('puts a file that a Dockerfile copies into the folder of its release type', () => {
    expect(
      migrated({
        'a/cudnn.Dockerfile.j2': 'COPY {{ metadata.docker_build_path }}/x.repo /etc/\n',
        'a/base.Dockerfile.j2': 'FROM {{ metadata.base_image }}\n',
        'a/x.repo.j2': 'x\n',
        'a/cuda.repo.j2': 'y\n',
        'b/cudnn.Dockerfile.j2': 'FROM {{ metadata.package }}:{{ build_tag }}\n',
      }),
    ).toEqual({
      files: {
        'templates/a/base.Dockerfile.liquid': 'FROM {{ from }}',
        'templates/a/cudnn/Dockerfile.liquid': 'COPY {{ dir }}/x.repo /etc/',
        'templates/a/cudnn/cuda.repo.liquid': 'y',
        'templates/a/cudnn/x.repo.liquid': 'x',
        'templates/b/cudnn.Dockerfile.liquid': 'FROM {{ from }}',
      },
      problems: [],
    });
  });

  it.each<[string, Record<string, string>, string[]]>([
    [
      'a file that no Dockerfile uses',
      { 'docs/README.md.j2': '{% macro a() %}{% endmacro %}' },
      [
        'docs/README.md.j2:1: left out: no Dockerfile template uses it; "nx g nx-image-matrix:tags" writes tables of tags into a README',
      ],
    ],
    [
      'a copy from the context of a rendered file',
      { 'cudnn.Dockerfile.j2': 'FROM x\nCOPY cuda.repo /etc/\n', 'cuda.repo.j2': '' },
      ['cudnn.Dockerfile.j2:2: "cuda.repo" is a rendered file, and not in the build context: copy {{ dir }}/cuda.repo'],
    ],
    [
      'an empty template',
      { 'base.Dockerfile.j2': '' },
      [
        'base.Dockerfile.j2:1: the template is empty, so an image of it has no FROM; write it, or take it out of "packages"',
      ],
    ],
    [
      'versions that no template uses',
      { 'base.Dockerfile.j2': 'FROM x\n{% for k, v in metadata.envars.items() %}ENV {{ k }}={{ v }}{% endfor %}' },
      [
        'base.Dockerfile.j2:2: "BENTOML_VERSION" and "PYTHON_VERSION", which BentoML\'s tool put into envars, are left out: no template uses them',
      ],
    ],
  ])('lists %s', (_, files, problems) => {
    expect(migrated(files).problems).toEqual(problems);
  });
});
