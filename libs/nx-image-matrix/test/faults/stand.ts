import { randomBytes } from 'node:crypto';
import { findEngine, registryClient, type Engine, type Manifest } from '@nx-image-matrix/engine';
import { ownRegistry, type OwnRegistry } from '../../../engine/src/testing/own-registry.ts';
import { buildImages } from '../../src/executors/build/build.ts';
import { pushImages, type PushContext } from '../../src/executors/push/push.ts';
import { quiet } from '../../src/executors/progress/reporter.ts';
import type { BuildRecord } from '../../src/build-plan/record.ts';
import type { TaskOutcome } from '../../src/executors/task-outcome.ts';
import { removeImages, uniquePrefix } from '../support/engine.ts';
import { Workspace } from '../support/workspace.ts';

/** The two images of one package, and the floating tag of each. */
export const images = ['one', 'two'] as const;
const roots = images.map((name) => `docker/app/${name}1/runtime`);

const manifest = (repository: string): string => `version: 1.2.3
repository: { local: { registry: { app: ${repository} } } }
release_types:
  runtime: { from: base, floating_tags: ['latest-{{ distro.name }}'] }
packages: { app: { runtime: [${images.join(', ')}] } }
release_spec: { templates_dir: templates, base_image: scratch, multistage_image: false }
releases:
${images.map((name) => `  ${name}: { 1: { add_to_tags: ${name} } }`).join('\n')}
`;

/**
 * A workspace with two images in two versions, both of which are in its own registry, and the projects as Nx sees them,
 * to call executors without Nx.
 */
export class FaultStand {
  readonly prefix = uniquePrefix();
  registry!: OwnRegistry;
  engine!: Engine;
  context!: PushContext;
  /** Manifests before and after an edit, in the order of `images`. */
  old!: Manifest[];
  current!: Manifest[];
  #workspace!: Workspace;
  readonly #repositories = new Set<string>();

  async start(): Promise<void> {
    this.registry = await ownRegistry();
    this.engine = await findEngine('docker');
    this.#workspace = new Workspace({
      files: {
        'manifest.yml': manifest(this.repository),
        'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nCOPY files/{{ distro.name }} /file\n',
        ...newFiles(),
      },
      plugin: { prefix: this.prefix },
    });
    this.#workspace.nxOk('run-many -t docker-generate');
    this.context = this.#readContext();
    this.old = await this.#buildAndPush();
    const { imageId } = this.#workspace.readJson<BuildRecord>(`dist/${roots[0]}/build.json`);
    await this.engine.tag(imageId, this.oldReference);
    this.#workspace.write(newFiles());
    this.current = await this.#buildAndPush();
  }

  /** The local reference of the first image's old version. */
  get oldReference(): string {
    return `${this.prefix}app:old`;
  }

  get projects(): string[] {
    return images.map((name) => `${this.prefix}app-${name}1-runtime`);
  }

  /** Where both versions are. */
  get repository(): string {
    return `${this.registry.address}/faults/app`;
  }

  own(name: string, repository = this.repository): string {
    return `${repository}:1.2.3-${name}-runtime`;
  }

  floating(name: string): string {
    return `${this.repository}:latest-${name}`;
  }

  /** Makes this the images' repository, and forgets what was pushed. */
  pointTo(repository: string): void {
    this.#repositories.add(repository);
    for (const path of ['manifest.yml', ...roots.map((root) => `${root}/image.json`)]) {
      const text = this.#workspace.read(path).replaceAll(/127\.0\.0\.1:\d+\/[\w/-]+/g, repository);
      this.#workspace.write({ [path]: text });
    }
    for (const root of roots) {
      const path = `dist/${root}/build.json`;
      const record = this.#workspace.readJson<BuildRecord>(path);
      this.#workspace.write({ [path]: JSON.stringify({ ...record, pushed: {} }) });
    }
  }

  /** Sets the tags of the first image; returns the previous ones. */
  setTags(tags: string[]): string[] {
    const path = `${roots[0]}/image.json`;
    const document = this.#workspace.readJson<{ tags: string[] }>(path);
    this.#workspace.write({ [path]: JSON.stringify({ ...document, tags }) });
    return document.tags;
  }

  /** Pushes the old version of the first image under the tag of the current one. */
  async pushOld(repository: string): Promise<void> {
    const reference = this.own(images[0], repository);
    await this.engine.tag(this.oldReference, reference);
    await this.engine.push(reference, { onLine: () => undefined });
  }

  push(projects: readonly string[]): Promise<TaskOutcome[]> {
    return outcomes(pushImages(projects, this.context, new AbortController().signal, quiet));
  }

  async stop(): Promise<void> {
    removeImages(this.prefix);
    for (const repository of [`${this.registry.address}/`, ...this.#repositories]) removeImages(repository);
    await this.registry.stop();
    this.#workspace.dispose();
  }

  #readContext(): PushContext {
    this.#workspace.nxOk('graph --file=graph.json');
    const { graph } = this.#workspace.readJson<{ graph: { nodes: Record<string, { data: GraphProject }> } }>(
      'graph.json',
    );
    const projects = Object.fromEntries(Object.entries(graph.nodes).map(([name, { data }]) => [name, data]));
    // Faults edit generated files; a push rejects these if the graph has their digest.
    for (const { targets } of Object.values(projects)) delete targets['docker-generate']?.options?.digest;
    return {
      root: this.#workspace.root,
      nxJsonConfiguration: this.#workspace.readJson('nx.json'),
      projectsConfigurations: { version: 2, projects },
    };
  }

  async #buildAndPush(): Promise<Manifest[]> {
    const tasks = this.projects.map((project) => ({ project, options: {} }));
    const signal = new AbortController().signal;
    const done = [
      ...(await outcomes(buildImages(tasks, this.context, signal, quiet))),
      ...(await this.push(this.projects)),
    ];
    const failed = done.find(({ success }) => !success);
    if (failed) throw new Error(failed.output);
    const client = registryClient();
    return Promise.all(images.map(async (name) => (await client.manifest(this.own(name)))!));
  }
}

/** A layer that takes more than one packet. */
function newFiles(): Record<string, string> {
  return Object.fromEntries(images.map((name) => [`files/${name}`, randomBytes(150_000).toString('hex')]));
}

interface GraphProject {
  root: string;
  targets: Record<string, { options?: { digest?: string } }>;
}

async function outcomes(run: AsyncIterable<[string, TaskOutcome, ...unknown[]]>): Promise<TaskOutcome[]> {
  const found: TaskOutcome[] = [];
  for await (const [, outcome] of run) found.push(outcome);
  return found;
}
