import { gunzipSync } from 'node:zlib';
import { registryClient, type Manifest } from '@nx-image-matrix/engine';
import { ownRegistry, type OwnRegistry } from '../../../engine/src/testing/own-registry.ts';
import { registryProxy, type RegistryProxy } from '../../../engine/src/testing/registry-proxy.ts';
import type { BuildRecord } from '../../src/build-plan/record.ts';
import { buildImages } from '../../src/executors/build/build.ts';
import { quiet } from '../../src/executors/progress/reporter.ts';
import { pushImages, type PushContext } from '../../src/executors/push/push.ts';
import type { TaskOutcome } from '../../src/executors/task-outcome.ts';
import { removeImages, uniquePrefix } from './engine.ts';
import { Workspace } from './workspace.ts';

export const types = ['base', 'runtime'] as const;
export type PairType = (typeof types)[number];

const manifest = (staging: string, target: string): string => `version: 1.0.0
staging: ${staging}
repository: { local: { registry: { app: ${target} } } }
packages: { app: { runtime: [plain] } }
releases: { plain: { 1: { templates_dir: templates, base_image: scratch, add_to_tags: one } } }
`;

/** What an executor did. */
export interface Done {
  success: boolean;
  /** What it says of each image, in the order of `types`. */
  outputs: string[];
  /** Messages about staging. */
  notes: string[];
  /** Milliseconds. */
  took: number;
}

/**
 * An image and one that starts from it, with a staging repository behind a proxy and a target in another registry. Calls the
 * executors without Nx, so a run takes no longer than its work.
 */
export class StagedPair {
  readonly prefix = uniquePrefix();
  registry!: OwnRegistry;
  /** In front of the staging repository. */
  proxy!: RegistryProxy;
  /** In front of the target. */
  target!: RegistryProxy;
  workspace!: Workspace;
  #context!: PushContext;
  #content = 0;

  async start(): Promise<void> {
    this.registry = await ownRegistry();
    [this.proxy, this.target] = [
      await registryProxy(this.registry.address),
      await registryProxy(this.registry.address),
    ];
    this.workspace = new Workspace({
      files: {
        'manifest.yml': manifest(`{ repository: ${this.staging} }`, this.app),
        ...Object.fromEntries(
          types.map((type) => [
            `templates/${type}.Dockerfile.liquid`,
            `FROM {{ from }}\nCOPY files/${type} /${type}\n`,
          ]),
        ),
        ...Object.fromEntries(types.map((type) => [`files/${type}`, ''])),
      },
      plugin: { prefix: this.prefix },
    });
    this.workspace.nxOk('run-many -t docker-generate');
    this.#readContext();
  }

  async stop(): Promise<void> {
    this.proxy.close();
    this.target.close();
    removeImages(this.prefix);
    removeImages(this.target.address);
    await this.registry.stop();
    this.workspace.dispose();
  }

  get staging(): string {
    return `${this.proxy.address}/pair/staging`;
  }

  get app(): string {
    return `${this.target.address}/pair/app`;
  }

  /** Another section `staging` of the manifest, without its key. */
  setStaging(section: string): void {
    this.workspace.write({ 'manifest.yml': manifest(section, this.app) });
  }

  /** Content that nobody has built: of both images, or of one. */
  renew(which: readonly PairType[] = types): void {
    this.#content += 1;
    for (const type of which) this.workspace.write({ [`files/${type}`]: this.#text(type) });
  }

  #text(type: PairType): string {
    return `${this.prefix}${type} ${this.#content}\n`;
  }

  /** Makes this a machine without records and images. */
  forget(): void {
    this.workspace.remove('dist');
    removeImages(this.prefix);
  }

  recordOf(type: PairType): BuildRecord {
    return this.workspace.readJson(`dist/docker/app/plain1/${type}/build.json`);
  }

  /** The tag of an image in staging; its build ID is that of the last record. */
  tagOf(type: PairType): string {
    return `${this.staging}:${this.recordOf(type).buildId.slice('sha256:'.length)}`;
  }

  build(environment: Record<string, string> = {}, force: readonly PairType[] = []): Promise<Done> {
    const tasks = types.map((type) => ({ project: this.#project(type), options: { force: force.includes(type) } }));
    return this.#run(environment, (report) => buildImages(tasks, this.#context, new AbortController().signal, report));
  }

  push(environment: Record<string, string> = {}): Promise<Done> {
    const projects = [this.#project('runtime')];
    return this.#run(environment, (report) =>
      pushImages(projects, this.#context, new AbortController().signal, report),
    );
  }

  async #run(
    environment: Record<string, string>,
    run: (report: typeof quiet) => AsyncIterable<[string, TaskOutcome, ...unknown[]]>,
  ): Promise<Done> {
    const notes: string[] = [];
    const report = { ...quiet, note: (_: string, line: string) => void notes.push(line) };
    const started = performance.now();
    const outcomes = new Map<string, TaskOutcome>();
    const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, environment);
    try {
      for await (const [project, outcome] of run(report)) outcomes.set(project, outcome);
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
    const outputs = types.flatMap((type) => outcomes.get(this.#project(type))?.output ?? []);
    const success = [...outcomes.values()].every((outcome) => outcome.success);
    return { success, outputs, notes, took: performance.now() - started };
  }

  #project(type: PairType): string {
    return `${this.prefix}app-plain1-${type}`;
  }

  /** The texts in the layers of an image, and the digest; empty if it is not there. */
  async contentOf(reference: string): Promise<{ texts: string[]; digest?: string }> {
    const there = reference.replace(/^[^/]*/, this.registry.address);
    const found = await registryClient().manifest(there);
    if (!found) return { texts: [] };
    return { texts: await this.#textsIn(found), digest: found.digest };
  }

  async #textsIn(found: Manifest): Promise<string[]> {
    const { layers, manifests } = JSON.parse(found.body.toString()) as Partial<Record<string, { digest: string }[]>>;
    const at = `${this.registry.address}/pair/app`;
    const inner = manifests?.[0] && (await registryClient().manifest(`${at}@${manifests[0].digest}`));
    if (inner) return this.#textsIn(inner);
    const texts: string[] = [];
    for (const { digest } of layers ?? []) {
      // The registry has each blob once, for all its repositories that name it.
      for (const repository of ['staging', 'app']) {
        const answer = await fetch(`http://${this.registry.address}/v2/pair/${repository}/blobs/${digest}`);
        const text = answer.ok ? unpacked(Buffer.from(await answer.arrayBuffer())) : '';
        texts.push(...(/t\w+-(?:base|runtime) \d+/.exec(text) ?? []));
        if (text) break;
      }
    }
    return texts;
  }

  /** The texts that the images of this content have. */
  rightTexts(type: PairType): string[] {
    const all = types.map((one) => this.workspace.read(`files/${one}`).trim());
    return type === 'base' ? all.slice(0, 1) : all;
  }

  #readContext(): void {
    this.workspace.nxOk('graph --file=graph.json');
    const { graph } = this.workspace.readJson<{ graph: { nodes: Record<string, { data: GraphProject }> } }>(
      'graph.json',
    );
    const projects = Object.fromEntries(Object.entries(graph.nodes).map(([name, { data }]) => [name, data]));
    for (const { targets } of Object.values(projects)) delete targets['docker-generate']?.options?.digest;
    this.#context = {
      root: this.workspace.root,
      nxJsonConfiguration: this.workspace.readJson('nx.json'),
      projectsConfigurations: { version: 2, projects },
    };
  }
}

interface GraphProject {
  root: string;
  targets: Record<string, { options?: { digest?: string } }>;
}

function unpacked(layer: Buffer): string {
  return layer[0] === 0x1f ? gunzipSync(layer).toString('latin1') : `not packed: ${layer.toString('latin1')}`;
}
