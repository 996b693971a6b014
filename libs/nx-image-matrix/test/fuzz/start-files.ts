import type { SourceFile } from './sources.ts';

const texts: Record<string, string> = {
  '.dockerignore': '**/*.md\n*.log\n',
  'README.md': 'Not part of any image.\n',
  'apps/web/index.js': 'console.log(1);\n',
  'docs/guide.txt': 'Not part of any image either.\n',

  'templates/partials/header.liquid': '{{ header -}}\nFROM {{ from }}\n',
  'templates/partials/env.liquid':
    "{% for entry in envars %}{% render 'partials/entry', entry: entry %}{% endfor -%}\n",
  'templates/partials/entry.liquid': 'ENV {{ entry.name }}={{ entry.value }}\n',
  'templates/partials/cuda.liquid':
    "{% if cuda -%}\nENV CUDA={{ cuda.version.full }}\n{% render 'partials/pins' %}{% endif -%}\n",
  'templates/partials/pins.liquid':
    '{% for pin in cuda.components %}ENV PIN_{{ pin[0] | upcase }}={{ pin[1] }}\n{% endfor -%}\n',
  'templates/partials/shared.liquid': "COPY tools/shared/ /shared/\n{% render 'partials/cuda' %}",
  'templates/partials/unused.liquid': 'RUN echo unused\n',

  'templates/debian/base.Dockerfile.liquid': `{% render 'partials/header' %}{% render 'partials/env' %}
{% if package == 'api' %}ARG PYTHON_VERSION
{% endif %}RUN --mount=type=bind,source=requirements,target=/requirements echo {{ distro.id }}
{% render 'local' %}`,
  'templates/debian/local.liquid': 'RUN echo debian\n',
  'templates/debian/runtime/Dockerfile.liquid': `{% render 'partials/header' -%}
COPY --chmod=755 tools/{{ package }}/entrypoint.sh /entrypoint.sh
COPY conf/*.conf data/model-?.bin /etc/{{ package }}/
COPY ["{{ dir }}/start.sh", "{{ dir }}/conf/extra.conf", "/opt/"]
RUN --mount=type=bind,source={{ dir }}/settings.ini,target=/settings.ini cat /settings.ini
COPY links/current/ links/chain.txt /linked/
{% render 'partials/shared' %}
`,
  'templates/debian/runtime/settings.ini.liquid': 'package={{ package }}\nversion={{ version }}\n',
  'templates/debian/runtime/start.sh': '#!/bin/sh\nexec /entrypoint.sh\n',
  'templates/debian/runtime/conf/extra.conf': 'extra = 1\n',
  'templates/debian/devel.Dockerfile.liquid':
    "{% render 'partials/header' -%}\nARG FLAVOUR=plain\nCOPY flavours/${FLAVOUR}/ /flavour/\nCOPY vendor/lib/lib.txt /lib.txt\n{% render 'partials/env' %}\n",
  'templates/debian/debug.Dockerfile.liquid':
    "{% render 'partials/header' -%}\nRUN echo debug {{ package }}\n{% render 'partials/linked' %}",
  'templates/debian/cudnn/Dockerfile.liquid': `{% render 'partials/header' -%}
COPY {{ dir }}/cuda.list /etc/apt/sources.list.d/
{% render 'partials/cuda' %}RUN echo {{ cuda.cudnn.package }}
`,
  'templates/debian/cudnn/cuda.list.liquid': 'deb {{ cuda.repository_url }} /\n',

  'templates/alpine/base.Dockerfile.liquid':
    "{% render 'partials/header' %}{% render 'partials/env' %}RUN echo {{ distro.id }}\n",
  'templates/alpine/runtime.Dockerfile.liquid':
    "{% render 'partials/header' -%}\nCOPY tools/{{ package }} links/current/run.txt /tools/\n{% render 'partials/shared' %}\n",

  'templates/rocky/base.Dockerfile.liquid': "{% render 'partials/header' -%}\nRUN echo rocky\n",
  'templates/rocky/runtime.Dockerfile.liquid':
    "{% render 'partials/header' -%}\nADD tools/{{ package }}/entrypoint.sh /entrypoint.sh\nCOPY conf/*.conf /etc/\n",
  'templates/rocky/cudnn/Dockerfile.liquid':
    "{% render 'partials/header' -%}\nCOPY {{ dir }}/cuda.repo /etc/yum.repos.d/\n{% render 'partials/cuda' %}\n",
  'templates/rocky/cudnn/cuda.repo.liquid': '[cuda]\nbaseurl={{ cuda.repository_url }}\n',
  'templates/rocky/train.Dockerfile.liquid':
    "{% render 'partials/header' -%}\nCOPY vendor/lib/src/ /src/\n{% render 'partials/shared' %}\n",
  'templates/other/linked.liquid': 'RUN echo linked\n',

  'tools/api/entrypoint.sh': '#!/bin/sh\necho api\n',
  'tools/api/extra.txt': 'api\n',
  'tools/worker/entrypoint.sh': '#!/bin/sh\necho worker\n',
  'tools/shared/run.sh': '#!/bin/sh\necho run\n',
  'tools/shared/a.txt': 'a\n',
  'tools/shared/README.md': 'Kept out by .dockerignore.\n',
  'tools/shared/deep/er/b.txt': 'b\n',
  'conf/one.conf': '1\n',
  'conf/two.conf': '2\n',
  'conf/other.txt': 'No wildcard matches it.\n',
  'data/model-a.bin': 'a\n',
  'data/model-10.bin': 'No wildcard matches it.\n',
  'requirements/common.txt': 'x==1\n',
  'requirements/sub/more.txt': 'y==1\n',
  'flavours/plain/taste.txt': 'plain\n',
  'flavours/hot/taste.txt': 'hot\n',
  'links/one/run.txt': 'one\n',
  'links/two/run.txt': 'two\n',
  'links/two/more/deep.txt': 'deep\n',
  'vendor/lib/lib.txt': 'lib\n',
  'vendor/lib/src/code.txt': 'code\n',
  'vendor/lib/README.txt': 'No image copies it.\n',

  'services/jobs/templates/runtime.Dockerfile.liquid': `{% render 'head' -%}
COPY app/ /app/
COPY --from={{ args.TOOLS_IMAGE }} /etc/os-release /tools-release
`,
  'services/jobs/templates/kinds/small.Dockerfile.liquid': "{% render 'head' -%}\nCOPY app/main.py /main.py\n",
  'services/jobs/templates/kinds/large.Dockerfile.liquid': "{% render 'head' -%}\nCOPY app/ /app/\n",
  'services/jobs/templates/head.liquid': 'FROM {{ from }}\n',
  'services/jobs/app/main.py': 'print(1)\n',
  'services/jobs/app/lib/util.py': 'print(2)\n',
  'services/jobs/notes.txt': 'Not part of any image.\n',
};

/** Targets of links. */
const links: Record<string, string> = {
  'conf/linked.conf': '../data/model-a.bin',
  'links/current': 'one',
  'links/chain.txt': 'current/run.txt',
  'services/jobs/templates/devel.Dockerfile.liquid': 'kinds/small.Dockerfile.liquid',
  'templates/partials/linked.liquid': '../other/linked.liquid',
  'tools/shared/inner.txt': '../../conf/other.txt',
};

/** Initial templates, files and links, by workspace-relative path. */
export const startFiles: ReadonlyMap<string, SourceFile> = new Map([
  ...Object.entries(texts).map(([path, content]): [string, SourceFile] => [
    path,
    { content, executable: content.startsWith('#!') },
  ]),
  ...Object.entries(links).map(([path, content]): [string, SourceFile] => [
    path,
    { content, executable: false, link: true },
  ]),
]);
