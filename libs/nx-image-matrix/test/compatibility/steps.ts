import type { Workspace } from '../support/workspace.ts';
import { smallMatrixImages } from '../support/matrices.ts';

/** The steps for each cell, in this order, in one workspace; each throws if the result is wrong. */
export const steps: Record<string, (workspace: Workspace, prefix: string) => void> = {
  graph(workspace, prefix) {
    workspace.nxOk('graph --file=graph.json');
    const { graph } = workspace.readJson<{ graph: Graph }>('graph.json');
    const images = Object.keys(graph.nodes).filter((name) => name.startsWith(prefix));
    equal(images.sort(), named(smallMatrixImages, prefix));
    const parents = graph.dependencies[`${prefix}app-debian12-runtime`]!.map(({ target }) => target);
    equal(parents, [`${prefix}app-debian12-base`]);
  },

  generate(workspace) {
    workspace.nxOk('run-many -t docker-generate');
    equal(workspace.read('docker/app/debian12/base/Dockerfile').includes('FROM debian:bookworm-slim'), true);
  },

  'generate, cached'(workspace) {
    includes(workspace.nxOk('run-many -t docker-generate'), 'for 5 out of 5 tasks');
  },

  'build, one batch'(workspace) {
    const output = workspace.nxOk('run-many -t docker-build');
    includes(output, 'Running 5 tasks with nx-image-matrix:build');
    equal(outcomes(output, 'built'), 5);
  },

  'build, no batch'(workspace) {
    const output = workspace.nxOk('run-many -t docker-build --no-batch --output-style=static');
    equal(output.includes('tasks with nx-image-matrix'), false);
    equal(outcomes(output, 'is up to date'), 5);
  },

  affected(workspace, prefix) {
    workspace.commit('generated');
    workspace.edit('templates/devel.Dockerfile.liquid', 'echo devel', 'echo edited');
    equal(workspace.affected('docker-build'), [`${prefix}app-debian12-devel`]);
  },

  'sync:check'(workspace) {
    equal(workspace.nx('sync:check').status, 1);
    workspace.reset();
    equal(workspace.nx('sync:check').status, 0);
  },

  'a mistake'(workspace) {
    workspace.edit('manifest.yml', 'add_to_tags:', 'add_to_tag:');
    for (const command of ['run-many -t docker-build', 'affected -t docker-build --base=HEAD', 'show projects']) {
      includes(workspace.nx(command).output, 'unknown-key');
    }
    workspace.reset();
  },

  targetDefaults(workspace) {
    const settings = workspace.readJson('nx.json');
    const write = (targetDefaults: object) =>
      workspace.write({ 'nx.json': JSON.stringify({ ...settings, targetDefaults }) });
    const taken = { 'docker-build': { dependsOn: ['build'], cache: true } };
    write(taken);
    includes(workspace.nx('run-many -t docker-build').output, 'replaced-target');
    write({ ...taken, 'nx-image-matrix:build': {} });
    includes(workspace.nxOk('run-many -t docker-build'), 'docker-generate');
    workspace.reset();
  },

  'project.json'(workspace, prefix) {
    const name = `${prefix}app-debian12-runtime`;
    const file = 'docker/app/debian12/runtime/project.json';
    const write = (targets: object) => workspace.write({ [file]: JSON.stringify({ name, targets }) });
    write({ 'docker-build': { dependsOn: ['build'] } });
    for (const command of ['run-many -t docker-build', 'show projects']) {
      includes(workspace.nx(command).output, 'replaced-target');
    }
    const own = ['docker-generate', { projects: [`${prefix}app-debian12-base`], target: 'docker-build' }];
    write({ scan: { command: 'true' }, 'docker-build': { dependsOn: [...own, 'scan'] } });
    includes(workspace.nxOk(`run ${name}:docker-build`), `${name}:scan`);
    workspace.remove(file);
  },
};

interface Graph {
  nodes: Record<string, unknown>;
  dependencies: Record<string, { target: string }[]>;
}

function named(images: string[], prefix: string): string[] {
  return images.map((image) => `${prefix}${image}`);
}

/** The number of images with this text in the output. */
function outcomes(output: string, outcome: string): number {
  return output.split('\n').filter((line) => new RegExp(`^\\S+:\\S+ ${outcome} \\(`).test(line)).length;
}

function equal(actual: unknown, expected: unknown): void {
  expect(actual).toEqual(expected);
}

function includes(text: string, part: string): void {
  expect(text).toContain(part);
}
