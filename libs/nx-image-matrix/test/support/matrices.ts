/** A matrix of five images that build in seconds from what the stand has, without network. */
export const smallMatrix: Record<string, string> = {
  'manifest.yml': `version: 1.2.3
repository:
  local:
    only_if: PUSH_TO
    registry:
      app: 127.0.0.1:5000/nx-image-matrix-test/app
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

export const smallMatrixImages = [
  'app-debian12-base',
  'app-debian12-devel',
  'app-debian12-runtime',
  'app-debian13-base',
  'app-debian13-runtime',
];
