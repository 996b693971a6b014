import { docker, registryDigest } from './engine.ts';
import type { Workspace } from './workspace.ts';

/** Release types of the tiny images, with their tags; `base` is not pushed. */
const tags = { base: 'base', runtime: '1.0.0-runtime', devel: 'devel' };

/** A matrix of three images with one file each that build in a second: `base`, and two that start `FROM` it. */
export function tinyImages(repository: string, content: number | string): Record<string, string> {
  return {
    'manifest.yml': `version: 1.0.0
repository: { local: { registry: { app: "${repository}" } } }
release_spec: { templates_dir: templates, base_image: scratch }
packages: { app: { runtime: [debian], devel: [debian] } }
releases: { debian: { 12: } }
`,
    ...tinyContent(content),
  };
}

/** The files that change all three images: `content` is in a variable and in a copied file. */
export function tinyContent(content: number | string): Record<string, string> {
  return Object.fromEntries(
    Object.keys(tags).flatMap((name) => [
      [
        `templates/${name}.Dockerfile.liquid`,
        `FROM {{ from }}\nCOPY files/${name} /${name}\nENV ${name.toUpperCase()}=${content}\n`,
      ],
      [`files/${name}`, `${name} ${content}\n`],
    ]),
  );
}

export interface TinyImage {
  name: string;
  /** The content of the image and of its parent. */
  content: string[];
  /** Whether it is the image of its record. */
  recorded: boolean;
  /** Whether the registry has what the record names; base images are not pushed. */
  pushed: boolean;
}

/** The state of the tiny images in engine, records and, with a repository, registry. */
export async function tinyStates(workspace: Workspace, prefix: string, repository?: string): Promise<TinyImage[]> {
  const references = Object.values(tags).map((tag) => `${prefix}app:${tag}`);
  const images = JSON.parse(docker('image', 'inspect', ...references)) as Inspected[];
  return Promise.all(
    Object.entries(tags).map(async ([name, tag], index) => {
      const { Id, Config } = images[index]!;
      const record = workspace.readJson<Recorded>(`dist/docker/app/debian12/${name}/build.json`);
      const digest = repository && (await registryDigest(repository, tag));
      const [, digestInRecord] = Object.entries(record.pushed).find(([key]) => key.endsWith(`:${tag}`)) ?? [];
      return {
        name,
        content: (Config.Env ?? []).filter((entry) => !entry.startsWith('PATH=')).sort(),
        recorded: record.imageId === Id && record.buildId === Config.Labels['io.github.nx-image-matrix.build-id'],
        pushed: digest !== undefined && digest === digestInRecord,
      };
    }),
  );
}

/** The result of `tinyStates` if everything is right. */
export function rightStates(content: number | string, pushed = false): TinyImage[] {
  return Object.keys(tags).map((name) => ({
    name,
    content: [...new Set(['base', name])].map((part) => `${part.toUpperCase()}=${content}`).sort(),
    recorded: true,
    pushed: pushed && name !== 'base',
  }));
}

interface Inspected {
  Id: string;
  Config: { Env?: string[]; Labels: Record<string, string> };
}

interface Recorded {
  imageId: string;
  buildId: string;
  pushed: Record<string, string>;
}
