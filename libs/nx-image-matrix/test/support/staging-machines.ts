import { mkdtempSync, symlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registryClient } from '@nx-image-matrix/engine';
import { registryProxy, type RegistryProxy } from '../../../engine/src/testing/registry-proxy.ts';
import type { BuildRecord } from '../../src/build-plan/record.ts';
import { digestsIn, PARENTS_LABEL } from '../../src/staging/parents-label.ts';
import { docker, registry, removeImages, uniquePrefix } from './engine.ts';
import { OwnDocker, whyNoOwnDocker } from './own-docker.ts';
import { Workspace } from './workspace.ts';

/** Release types, each with the one that it starts from. */
const types = { base: undefined, runtime: 'base', tools: 'runtime', debug: 'runtime' } as const;
type Type = keyof typeof types;

export interface TinyStaged {
  name: string;
  /** The project of the parent. */
  parent: string | undefined;
  /** Folder of its record, in the workspace. */
  folder: string;
  /** Whether `docker-push` pushes it. */
  pushed: boolean;
}

/** Where each of several machines pushes, and where a test puts a registry in the place of the staging one. */
export interface Repositories {
  staging: string;
  /** Repository by the variable that switches it on. */
  targets: Record<string, string>;
}

/**
 * Machines that share a staging repository behind a proxy: checkouts of one matrix of tiny images with a `FROM` chain of
 * three levels, on the engine of the stand and on a second one.
 */
export class StagingMachines {
  readonly prefix = uniquePrefix();
  readonly namespace = `nx-image-matrix-test/${this.prefix}`;
  proxy!: RegistryProxy;
  #second: OwnDocker | undefined;
  readonly #workspaces: Workspace[] = [];
  readonly #versions: readonly number[];

  /** @param versions of the distro: each gives four images. */
  constructor(versions: number) {
    this.#versions = Array.from({ length: versions }, (_, index) => index + 1);
  }

  async start(): Promise<void> {
    this.proxy = await registryProxy(registry);
    const why = whyNoOwnDocker();
    if (why !== undefined) return console.warn(`without a second engine: ${why}`);
    this.#second = new OwnDocker('300m', 'host');
    await this.#second.start();
  }

  async stop(): Promise<void> {
    this.proxy.close();
    removeImages(this.prefix);
    for (const workspace of this.#workspaces) workspace.dispose();
    await this.#second?.stop();
  }

  get images(): TinyStaged[] {
    return this.#versions.flatMap((version) =>
      typeNames.map((type) => ({
        name: this.#nameOf(version, type),
        parent: types[type] && this.#nameOf(version, types[type]),
        folder: `docker/app/plain${version}/${type}`,
        pushed: type !== 'base',
      })),
    );
  }

  #nameOf(version: number, type: Type): string {
    return `${this.prefix}app-plain${version}-${type}`;
  }

  get repositories(): Repositories {
    const at = `${this.proxy.address}/${this.namespace}`;
    return { staging: `${at}staging`, targets: { PUSH_APP: `${at}app` } };
  }

  /** Another checkout, whose images have this content: each content has build IDs of its own. */
  machine(
    content: string,
    environment: NodeJS.ProcessEnv = {},
    repositories: Repositories = this.repositories,
    stagingMore = '',
  ): Workspace {
    const workspace = new Workspace({
      files: { 'manifest.yml': this.#manifest(repositories, stagingMore), ...templates, ...this.files(content) },
      plugin: { prefix: this.prefix },
      environment,
    });
    this.#workspaces.push(workspace);
    return workspace;
  }

  /** What all images copy in. */
  files(content: string): Record<string, string> {
    return Object.fromEntries(typeNames.map((type) => [`files/${type}`, `${this.prefix}${type} ${content}\n`]));
  }

  /** The environment of a second engine; that of the first where none can be started. */
  get elsewhere(): NodeJS.ProcessEnv {
    return this.#second ? { DOCKER_HOST: this.#second.host } : {};
  }

  recordOf(workspace: Workspace, { folder }: TinyStaged): BuildRecord {
    return workspace.readJson(`dist/${folder}/build.json`);
  }

  /**
   * Names in the staging repository that an engine has. With a graph driver, docker keeps a digest of each push there until
   * the image has no other name.
   */
  stagedIn(environment: NodeJS.ProcessEnv = {}): string[] {
    const isOld = environment['DOCKER_HOST'] !== undefined;
    return this.held(environment).filter((line) => line.includes('staging') && !(isOld && line.endsWith('<none>')));
  }

  /** Images of the test in an engine, a line each. */
  held(environment: NodeJS.ProcessEnv = {}): string[] {
    const host = environment['DOCKER_HOST'];
    const at = host ? ['--host', host] : [];
    const names = docker(...at, 'image', 'ls', '--all', '--format', '{{.Repository}}:{{.Tag}}');
    return names.split('\n').filter((line) => line.includes(this.prefix));
  }

  /** What is wrong with the staged images of a machine's records; the digest of each image that is right. */
  async check(workspace: Workspace, images = this.images): Promise<{ digests: Map<string, string>; wrong: string[] }> {
    const { staging } = this.repositories;
    const client = registryClient();
    const digests = new Map<string, string>();
    const layers = new Map<string, string[]>();
    const wrong: string[] = [];
    for (const image of images) {
      const { name, parent } = image;
      const { buildId } = this.recordOf(workspace, image);
      const manifest = await client.manifest(`${staging}:${buildId.slice('sha256:'.length)}`);
      if (!manifest) {
        wrong.push(`${name} is not staged`);
        continue;
      }
      digests.set(name, manifest.digest);
      const [labels] = await client.labels(`${staging}@${manifest.digest}`, manifest);
      if (labels?.['io.github.nx-image-matrix.build-id'] !== buildId) wrong.push(`${name} has another build ID`);
      const above = parent === undefined ? [] : [digests.get(parent)];
      if (String(digestsIn(labels?.[PARENTS_LABEL])) !== String(above)) wrong.push(`${name} names other parents`);
      const own = await this.#layersOf(manifest.body);
      layers.set(name, own);
      const below = parent === undefined ? [] : (layers.get(parent) ?? []);
      if (own.length !== below.length + 1 || String(own.slice(0, -1)) !== String(below)) {
        wrong.push(`${name} does not have the layers of ${parent}`);
      }
    }
    return { digests, wrong };
  }

  async #layersOf(manifest: Buffer): Promise<string[]> {
    const { layers, manifests } = JSON.parse(manifest.toString()) as Partial<Record<string, { digest: string }[]>>;
    if (layers) return layers.map(({ digest }) => digest);
    const inner = await registryClient().manifest(`${this.repositories.staging}@${manifests?.[0]?.digest}`);
    return inner ? this.#layersOf(inner.body) : [];
  }

  #manifest({ staging, targets }: Repositories, stagingMore: string): string {
    const entries = Object.entries(targets).map(
      ([variable, target]) => `  ${variable.toLowerCase()}: { only_if: ${variable}, registry: { app: ${target} } }\n`,
    );
    return `version: 1.0.0
staging: { repository: ${staging}${stagingMore} }
repository:
${entries.join('')}packages: { app: { ${typeNames
      .slice(1)
      .map((type) => `${type}: [plain]`)
      .join(', ')} } }
release_types:
${typeNames
  .slice(1)
  .map((type) => `  ${type}: { from: ${types[type]} }\n`)
  .join('')}releases:
  plain:
${this.#versions.map((version) => `    ${version}: { templates_dir: templates, base_image: scratch, add_to_tags: v${version} }\n`).join('')}`;
  }
}

const typeNames = Object.keys(types) as Type[];

const templates = Object.fromEntries(
  typeNames.map((type) => [
    `templates/${type}.Dockerfile.liquid`,
    `FROM {{ from }}\nCOPY files/${type} /${type}-{{ distro.version }}\n`,
  ]),
);

/** A PATH with nothing but the programs that Nx needs: no engine. */
export function withoutEngines(): string {
  const folder = mkdtempSync(join(tmpdir(), 'no-engine-'));
  for (const program of ['git', 'sh', 'node']) {
    symlinkSync(execFileSync('which', [program], { encoding: 'utf8' }).trim(), join(folder, program));
  }
  return folder;
}
