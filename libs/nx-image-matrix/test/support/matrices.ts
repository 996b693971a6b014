import { registry } from './engine.ts';

/** Where the small matrix is pushed. */
export const smallRepository = `${registry}/nx-image-matrix-test/app`;

/** A matrix of five images that build in seconds from images of the stand, without network. */
export const smallMatrix: Record<string, string> = {
  'manifest.yml': `version: 1.2.3
repository:
  local:
    only_if: PUSH_TO
    registry:
      app: ${smallRepository}
release_spec: &release_spec
  templates_dir: templates
  base_image: debian:bookworm-slim
  add_to_tags: slim
  header: |
    # This file is generated.
  envars:
    - LANG=C.UTF-8
packages:
  app:
    runtime:
      - debian
    devel:
      - debian12
releases:
  debian:
    12:
      <<: *release_spec
    13:
      <<: *release_spec
      base_image: debian:trixie-slim
      add_to_tags: slim13
`,
  'templates/base.Dockerfile.liquid': `{{ header -}}
FROM {{ from }}
{% render 'env', entries: envars %}
RUN echo {{ distro.id }} > /distro
`,
  'templates/env.liquid': `{% for entry in entries %}ENV {{ entry.name }}={{ entry.value }}
{% endfor -%}
`,
  'templates/runtime.Dockerfile.liquid': `{{ header -}}
FROM {{ from }}
COPY tools/app/entrypoint.sh /entrypoint.sh
ENTRYPOINT ["/entrypoint.sh"]
`,
  'templates/devel.Dockerfile.liquid': `{{ header -}}
FROM {{ from }}
RUN echo devel > /devel
`,
  'tools/app/entrypoint.sh': `#!/bin/sh
echo "app on $(cat /distro)"
`,
  'README.md': 'Not part of any image.\n',
};

/** The small matrix, pushed to another repository, `<registry>/mine/app`. */
export function smallMatrixFor(repository: string): Record<string, string> {
  const manifest = smallMatrix['manifest.yml']!.replace(smallRepository, () => repository);
  return { ...smallMatrix, 'manifest.yml': manifest };
}

export const smallMatrixImages = [
  'app-debian12-base',
  'app-debian12-devel',
  'app-debian12-runtime',
  'app-debian13-base',
  'app-debian13-runtime',
];

/** The small matrix with a template folder, extra files in it, and a copied folder that `.dockerignore` filters. */
export const folderMatrix: Record<string, string> = {
  ...smallMatrix,
  '.dockerignore': '**/*.md\n',
  'tools/app/README.md': 'Kept out of every image.\n',
  'tools/app/more/data.txt': 'data\n',
  'templates/shared/greet.liquid': 'RUN echo hello\n',
  'templates/debian/shared/greet.liquid': 'RUN echo hello, debian\n',
  'templates/debian/base.Dockerfile.liquid': "FROM {{ from }}\n{% render 'shared/greet' %}\n",
  'templates/debian/runtime.Dockerfile.liquid': 'FROM {{ from }}\nCOPY tools/app /app\n',
  'templates/debian/devel/Dockerfile.liquid': 'FROM {{ from }}\nCOPY {{ dir }}/start.sh /start.sh\n',
  'templates/debian/devel/start.sh': '#!/bin/sh\necho devel\n',
  'templates/debian/devel/notes.txt': 'No Dockerfile copies it.\n',
  'templates/other/runtime.Dockerfile.liquid': 'FROM {{ from }}\n',
  'manifest.yml': smallMatrix['manifest.yml']!.replace(
    'templates_dir: templates',
    'templates_dir: templates/debian',
  ).replace(
    '      add_to_tags: slim13\n',
    `      add_to_tags: slim13
  other:
    1:
      <<: *release_spec
      templates_dir: templates/other
`,
  ),
};

/** The small matrix, with templates of another distro and a registry, for generators that add to it. */
export const growingMatrix: Record<string, string> = {
  ...smallMatrix,
  'manifest.yml': smallMatrix['manifest.yml']!.replace(
    'repository:\n',
    `repository:
  ghcr.io:
    only_if: GHCR_TOKEN
    registry:
      app: ghcr.io/acme/app
`,
  ),
  'templates/alpine/base.Dockerfile.liquid': 'FROM {{ from }}\n',
  'templates/alpine/runtime.Dockerfile.liquid': 'FROM {{ from }}\n',
};

/** Characters with a special meaning in a glob, in git or in a shell, in a folder's name. */
export const oddFolder = '!a #[b] (shop){c,d}/-e*f? @(g)';

/** A submodule; the image of the manifest in that folder copies one of its files. */
export const submodule = `${oddFolder}/vendor/lib`;

/** A manifest in a folder of that name, whose image copies files with such names. */
export const oddMatrix: Record<string, string> = {
  [`${oddFolder}/manifest.yml`]: `version: 1.0.0
packages:
  odd:
    runtime:
      - debian
releases:
  debian:
    12:
      templates_dir: templates (x)
      multistage_image: False
      base_image: debian:bookworm-slim
      add_to_tags: slim
`,
  [`${oddFolder}/templates (x)/runtime.Dockerfile.liquid`]:
    'FROM {{ from }}\nCOPY ["a [[]1].txt", "data/[a-c]{1}.txt", "more (x)/", "vendor/lib/lib.txt", "/"]\n',
  [`${oddFolder}/a [1].txt`]: 'a\n',
  [`${oddFolder}/data/b{1}.txt`]: 'b\n',
  [`${oddFolder}/more (x)/c.txt`]: 'c\n',
};

/**
 * A manifest whose images copy through links, with a variable that the base image sets, and with its ONBUILD; another
 * manifest is below its output folder.
 */
export const passingMatrix: Record<string, string> = {
  'more/manifest.yml': `version: 1.0.0
packages:
  more:
    runtime:
      - debian
releases:
  debian:
    12:
      templates_dir: templates
      base_image: debian:bookworm-slim
      add_to_tags: slim
`,
  'more/templates/base.Dockerfile.liquid':
    'FROM {{ from }}\nENV TASTE=hot\nONBUILD COPY onbuild/ /onbuild/\nRUN echo {{ distro.id }}\n',
  'more/templates/runtime.Dockerfile.liquid': `FROM busybox:1 AS unused
COPY unused/ /unused/
FROM {{ from }}
COPY flavours/\${TASTE}/ /taste/
COPY current/ chain.txt /linked/
{% render 'linked' %}
`,
  'more/templates/kinds/one.liquid': 'RUN echo one\n',
  'more/templates/kinds/two.liquid': 'RUN echo two\n',
  'more/flavours/hot/taste.txt': 'hot\n',
  'more/flavours/plain/taste.txt': 'plain\n',
  'more/onbuild/one.txt': '1\n',
  'more/unused/one.txt': '1\n',
  'more/versions/one/run.txt': '1\n',
  'more/versions/two/run.txt': '2\n',
  'more/docker/below/manifest.yml': `version: 1.0.0
packages:
  below:
    runtime:
      - debian
releases:
  debian:
    12:
      templates_dir: templates
      multistage_image: False
      base_image: debian:bookworm-slim
      add_to_tags: slim
`,
  'more/docker/below/templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nCOPY data.txt /\n',
  'more/docker/below/data.txt': '1\n',
};

/** Its links, and their targets. */
export const passingLinks: Record<string, string> = {
  'more/current': 'versions/one',
  'more/chain.txt': 'current/run.txt',
  'more/templates/linked.liquid': 'kinds/one.liquid',
};

export const passingImages = ['below-debian12-runtime', 'more-debian12-base', 'more-debian12-runtime'];
