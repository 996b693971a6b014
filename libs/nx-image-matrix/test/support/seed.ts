import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './installation.ts';

const seed = readFileSync(join(repository, 'libs/manifest/test/fixtures/seed.yml'), 'utf8');

const folders = [...seed.matchAll(/templates_dir: templates\/(\S+)/g)].map(([, folder]) => folder!);

/** Templates that use the CUDA keys of the seed. */
const templates = Object.fromEntries(
  folders.flatMap((distro) => [
    [`templates/${distro}/base.Dockerfile.liquid`, '{{ header }}FROM {{ from }}\n'],
    [`templates/${distro}/runtime.Dockerfile.liquid`, '{{ header }}FROM {{ from }}\n'],
    [`templates/${distro}/devel.Dockerfile.liquid`, '{{ header }}FROM {{ from }}\n'],
    [
      `templates/${distro}/cudnn.Dockerfile.liquid`,
      `{{ header }}FROM {{ from }}
RUN echo "deb {{ cuda.repository_url }} /" > /etc/apt/sources.list.d/cuda.list \\
 && apt-get update && apt-get install -y \\
    cuda-cudart-{{ cuda.version.major }}-{{ cuda.version.minor }}={{ cuda.components.cudart }}
`,
    ],
  ]),
);

/** The manifest of BentoML's document, with templates for it. */
export const seedFiles: Record<string, string> = { 'manifest.yml': seed, ...templates };
