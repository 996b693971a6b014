import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { remoteBuilder, type RemoteBuilder } from '../../../engine/src/testing/remote-builder.ts';
import type { BuildRecord } from '../../src/build-plan/record.ts';
import { docker, registry, removeImages, uniquePrefix } from '../support/engine.ts';
import { Workspace } from '../support/workspace.ts';

const prefix = uniquePrefix();
const staging = `${registry}/nx-image-matrix-test/${prefix}staging`;

const manifest = `version: 1.0.0
release_spec: { templates_dir: templates, multistage_image: False, base_image: 'debian:bookworm-slim', reproducible: true }
packages:
  steady: { main: [plain] }
  random: { main: [plain] }
  copied: { main: [plain], child: [plain] }
  plain: { main: [plain] }
release_types: { main: {}, child: { from: main, attestations: { provenance: min } } }
package_spec:
  steady: { reproducible: { epoch: 86400 } }
  plain: { reproducible: false }
releases: { plain: { 1: { add_to_tags: one } } }
`;
const templates = {
  'templates/main.Dockerfile.liquid': `{% case package -%}
{% when 'steady' %}FROM {{ from }}
RUN mkdir /made && echo ${prefix} > /made/file
{% when 'random' %}FROM {{ from }}
RUN echo ${prefix} > /same
RUN date +%N > /stamp
{% when 'copied' %}FROM scratch
COPY files/copied /copied
{% else %}FROM {{ from }}
RUN echo ${prefix} > /plain
{% endcase %}`,
  'templates/child.Dockerfile.liquid': 'FROM {{ from }}\nCOPY files/other /other\n',
};
const files = { 'files/copied': `${prefix}copied\n`, 'files/other': `${prefix}other\n` };

const projectOf = (name: string, type = 'main'): string => `${prefix}${name}-plain1-${type}`;
const tagOf = (name: string): string => `${prefix}${name}:main-one`;
/** The images of this test, and those that a verification may have left. */
const references = (): string[] =>
  docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}@{{.ID}}')
    .split('\n')
    .filter((line) => line.startsWith(prefix) || line.includes('verify'))
    .toSorted();

describe('reproducible images', () => {
  let workspace: Workspace;
  let remote: RemoteBuilder;
  beforeAll(async () => {
    remote = await remoteBuilder(process.env['DOCKER_HOST']?.replace(/^unix:\/\//, '') ?? '/var/run/docker.sock');
    workspace = new Workspace({ files: { 'manifest.yml': manifest, ...templates, ...files }, plugin: { prefix } });
    workspace.nxOk('run-many -t docker-generate');
    workspace.commit('generated');
  });
  afterAll(() => {
    remote?.stop();
    workspace?.dispose();
    removeImages(prefix);
  });

  const recordOf = (name: string, type = 'main'): BuildRecord =>
    workspace.readJson(`dist/docker/${name}/plain1/${type}/build.json`);
  const verify = (name: string, environment: NodeJS.ProcessEnv = {}) =>
    workspace.nxBeside(`run ${projectOf(name)}:docker-build --verify`, environment);

  it('have one digest in two builds through a builder that can change the times of files', async () => {
    const { status, output } = await verify('steady', remote.environment);
    expect(output).toMatch(
      new RegExp(`verified: two builds of ${tagOf('steady')} have the digest sha256:[0-9a-f]{64}`),
    );
    expect(output).not.toContain('cannot change the times of files');
    expect(status).toBe(0);
    expect(docker('image', 'inspect', '--format', '{{.Created}}', tagOf('steady'))).toBe('1970-01-02T00:00:00Z');
    expect(docker('run', '--rm', tagOf('steady'), 'stat', '-c', '%Y', '/made/file')).toBe('86400');
  });

  it('are compared again where they are up to date, and nothing is left behind', async () => {
    const [before, record] = [references(), recordOf('steady')];
    // Other tests have private folders in that of the machine.
    const TMPDIR = mkdtempSync(join(tmpdir(), 'verify-'));
    const { status, output } = await verify('steady', { ...remote.environment, TMPDIR });
    expect(output).toContain(`${tagOf('steady')} is up to date`);
    expect(output).toContain('verified:');
    expect(status).toBe(0);
    expect([references(), recordOf('steady')]).toEqual([before, record]);
    expect(readdirSync(TMPDIR).filter((name) => name.startsWith('nx-image-matrix-'))).toEqual([]);
  });

  it('differ in a file that a step makes from the time, which is named with its layer and instruction', async () => {
    const { status, output } = await verify('random', remote.environment);
    expect(output).toContain(`${tagOf('random')} for linux/`);
    expect(output).toMatch(/layer 3 of 3: RUN date \+%N > \/stamp\s+\/stamp: (?:content|size) differs/);
    expect(status).toBe(1);
  });

  it('differ in the times of files that a step writes with the builder of docker, which says so once', async () => {
    removeImages(`${prefix}steady`);
    const { status, output } = await verify('steady');
    expect(output).toMatch(/layer 2 of 2: RUN mkdir \/made .*\s+\/made\/file: mtime differs \(2\d{3}-.*, then 2\d{3}-/);
    expect(output.match(/docker cannot change the times of files/g)).toHaveLength(1);
    expect(status).toBe(1);
    expect(docker('image', 'inspect', '--format', '{{.Created}}', tagOf('steady'))).toBe('1970-01-02T00:00:00Z');
  });

  it('may be verified without the key, which is said', async () => {
    const { status, output } = await verify('plain', { SOURCE_DATE_EPOCH: '86400' });
    expect(output).toContain('set `reproducible` in the manifest');
    expect(status).toBe(1);
    // A SOURCE_DATE_EPOCH of the machine does not count.
    expect(docker('image', 'inspect', '--format', '{{.Created}}', tagOf('plain'))).not.toMatch(/^1970/);
  });

  it('are verified together, parents and children', () => {
    const { status, output } = workspace.nx(
      `run-many -t docker-build --verify -p ${projectOf('copied')},${projectOf('copied', 'child')}`,
    );
    expect(output.match(/verified: two builds of/g)).toHaveLength(2);
    expect(status).toBe(0);
  });

  it('are compared with what is in staging, without a pull', () => {
    workspace.edit('manifest.yml', 'version: 1.0.0\n', `version: 1.0.0\nstaging: { repository: ${staging} }\n`);
    const environment = { IMAGE_LOAD: 'false' };
    const both = `run-many -t docker-build -p ${projectOf('copied')},${projectOf('copied', 'child')}`;
    workspace.nxOk(both, environment);
    removeImages(`${prefix}copied`);
    const { status, output } = workspace.nx(`${both} --verify`, environment);
    expect(output).toMatch(/reused from staging \(not pulled/);
    expect(output.match(/verified: two builds of/g)).toHaveLength(2);
    expect(status).toBe(0);
    expect(references().filter((reference) => reference.includes(`${prefix}copied`))).toEqual([]);
    workspace.reset();
  });

  it('have other build IDs than without the key, and others keep theirs', () => {
    expect(workspace.affected('docker-build')).toEqual([]);
    workspace.edit('manifest.yml', 'plain: { reproducible: false }', 'plain: { reproducible: { epoch: 7 } }');
    expect(workspace.affected('docker-build')).toEqual([projectOf('plain')]);
    workspace.reset();
  });
});
