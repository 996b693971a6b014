import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { docker, registry, removeImages, uniquePrefix } from '../support/engine.ts';
import { Workspace } from '../support/workspace.ts';

/*
 * No scanner can be installed where these tests run. A program of the same name takes the arguments, and writes SARIF in
 * the form that the scanner publishes; what is tested is everything around it, with real images.
 */

const prefix = uniquePrefix();
const staging = `${registry}/nx-image-matrix-test/${prefix}staging`;

const manifest = (spec: string, more = ''): string => `version: 1.0.0
${more}
release_spec: { templates_dir: templates, base_image: scratch, scan: ${spec} }
packages: { app: { runtime: [plain], tools: [plain] } }
release_types: { base: { scan: }, runtime: { from: base }, tools: { from: runtime } }
releases: { plain: { 1: { add_to_tags: one } } }
`;
const templates = Object.fromEntries(
  ['base', 'runtime', 'tools'].map((type) => [
    `templates/${type}.Dockerfile.liquid`,
    `FROM {{ from }}\nCOPY files/${type} /${type}\n`,
  ]),
);
const files = Object.fromEntries(['base', 'runtime', 'tools'].map((type) => [`files/${type}`, `${prefix}${type}\n`]));
const [runtime, tools] = ['runtime', 'tools'].map((type) => `${prefix}app-plain1-${type}`) as [string, string];

const findings = (severity: string): string =>
  JSON.stringify({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { fullName: 'Trivy Vulnerability Scanner', version: '0.57.1', rules: [{ id: 'CVE-2024-1' }] } },
        results: [
          {
            ruleId: 'CVE-2024-1',
            ruleIndex: 0,
            message: {
              text: `Package: openssl\nInstalled Version: 3.0.1\nVulnerability CVE-2024-1\nSeverity: ${severity}\nFixed Version: 3.0.2\n`,
            },
          },
        ],
      },
    ],
  });

const workspaces: Workspace[] = [];

function workspaceWith(spec: string, more?: string, environment?: NodeJS.ProcessEnv): Workspace {
  const workspace = new Workspace({
    files: { 'manifest.yml': manifest(spec, more), ...templates, ...files },
    plugin: { prefix },
    environment,
  });
  workspaces.push(workspace);
  return workspace;
}

/** A `PATH` that begins with programs of these names; each runs a shell script with `$LOG` as the file of its calls. */
function pathWith(scripts: Record<string, string>): {
  PATH: string;
  calls: () => string[];
} {
  const folder = mkdtempSync(join(tmpdir(), 'scanners-'));
  const log = join(folder, 'calls');
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(
      join(folder, name),
      `#!/bin/sh\nLOG=${log}\ncase "$1" in --version | version) exit 0 ;; esac\necho "${name} $*" >> "$LOG"\n${script}\n`,
    );
    chmodSync(join(folder, name), 0o755);
  }
  const calls = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
  return { PATH: `${folder}${delimiter}${process.env['PATH']}`, calls };
}

const writes = (severity: string): string => `cat <<'END'\n${findings(severity)}\nEND`;

beforeAll(() => void docker('version'));
afterAll(() => {
  for (const workspace of workspaces) workspace.dispose();
  removeImages(prefix);
});

describe('docker-scan', () => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = workspaceWith('{}');
    workspace.nx('run-many -t docker-build');
    workspace.commit('generated');
  });
  afterEach(() => workspace.reset());

  it('is a target of the images that the manifest scans, and of no others', () => {
    const targetsOf = (name: string): string[] =>
      Object.keys(JSON.parse(workspace.nx(`show project ${name} --json`).stdout).targets);
    expect(targetsOf(tools)).toContain('docker-scan');
    expect(targetsOf(`${prefix}app-plain1-base`)).not.toContain('docker-scan');
  });

  it('passes below the threshold, shows a table, and writes SARIF with a category for each image', () => {
    const { PATH, calls } = pathWith({ trivy: writes('MEDIUM') });
    const { status, output } = workspace.nx('run-many -t docker-scan', { PATH });
    expect(output).toMatch(new RegExp(`${prefix}app:tools-one\\s+0\\s+0\\s+1\\s+0\\s+0\\s+0\\s+passed\\s+Trivy`));
    expect(status).toBe(0);
    expect(calls().toSorted()).toEqual(
      ['1.0.0-one-runtime', 'tools-one'].map(
        (tag) =>
          `trivy image --quiet --format sarif --scanners vuln --timeout 60m --image-src docker ${prefix}app:${tag}`,
      ),
    );
    const categories = ['runtime', 'tools'].map(
      (type) => workspace.readJson<Sarif>(`dist/docker/app/plain1/${type}/scan.sarif`).runs[0]?.automationDetails.id,
    );
    expect(categories).toEqual([`docker-scan/${runtime}/`, `docker-scan/${tools}/`]);
    const table = workspace.nxOk('run images:docker-matrix');
    expect(table).toMatch(/ BUILT +SCANNED +PUSHED /);
    expect(table).toMatch(new RegExp(`${tools} .* built +passed, \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d +-`));
  });

  it('fails from the threshold on, and names what to update', () => {
    const { PATH } = pathWith({ trivy: writes('HIGH') });
    const { status, output } = workspace.nx(`run ${tools}:docker-scan`, { PATH });
    expect(output).toContain(`${prefix}app:tools-one has 1 finding of severity high or above:`);
    expect(output).toMatch(/high\s+CVE-2024-1\s+openssl 3\.0\.1\s+3\.0\.2/);
    expect(output).toContain('dist/docker/app/plain1/tools/scan.sarif');
    workspace.nxOk('run images:docker-matrix --json=dist/rows.json');
    const rows = workspace.readJson<Row[]>('dist/rows.json');
    const shown = rows.find(({ project }) => project === tools);
    expect(shown).toMatchObject({
      scanned: 'failed',
      lastScan: { failing: 1, counts: { high: 1 }, accepted: 0 },
    });
    expect(rows.find(({ project }) => project.endsWith('-base'))).toMatchObject({
      scanned: 'none wanted',
      lastScan: null,
    });
    expect(status).toBe(1);
  });

  it('accepts a finding until its day, and warns of an entry that is over or that nothing has any more', () => {
    const { PATH } = pathWith({ trivy: writes('CRITICAL') });
    const spec = (until: string) => `{ignore: [{id: CVE-2024-1, until: ${until}, reason: "why"}, {id: CVE-2024-2}]}`;
    workspace.write({ 'manifest.yml': manifest(spec('2999-01-01')) });
    const accepted = workspace.nx('run-many -t docker-scan', { PATH });
    expect(accepted.output).toContain('no image has CVE-2024-2 any more');
    expect(accepted.output).not.toContain('no image has CVE-2024-1');
    expect(accepted.output).not.toContain(' built (');
    expect(accepted.status).toBe(0);
    const { runs } = workspace.readJson<Sarif>('dist/docker/app/plain1/tools/scan.sarif');
    expect(runs[0]?.results[0]?.suppressions).toEqual([
      { kind: 'external', status: 'accepted', justification: 'why, until 2999-01-01' },
    ]);
    workspace.write({ 'manifest.yml': manifest(spec('2024-01-01')) });
    const one = workspace.nx(`run ${tools}:docker-scan`, { PATH });
    expect(one.output).toContain('CVE-2024-1 counts again: `ignore` in manifest.yml accepted it until 2024-01-01');
    // Another image may have it.
    expect(one.output).not.toContain('no image has CVE-2024-2');
    expect(one.status).toBe(1);
  });

  it('runs Trivy for one image at a time', () => {
    const alone =
      'if ! mkdir "$LOG.lock" 2>/dev/null; then echo two at once >&2; exit 1; fi; sleep 0.3; rmdir "$LOG.lock"';
    const { PATH } = pathWith({ trivy: `${alone}\n${writes('LOW')}` });
    const { status, output } = workspace.nx('run-many -t docker-scan --parallel=4', { PATH });
    expect(output).not.toContain('two at once');
    expect(status).toBe(0);
  });

  it('takes the scanner that the manifest names, though another is there', () => {
    const { PATH, calls } = pathWith({ trivy: writes('LOW'), grype: writes('LOW') });
    workspace.write({ 'manifest.yml': manifest('{scanner: grype}') });
    expect(workspace.nx(`run ${tools}:docker-scan`, { PATH }).status).toBe(0);
    expect(calls()).toEqual([`grype --quiet --output sarif docker:${prefix}app:tools-one`]);
  });

  it('says which scanners it has looked for', () => {
    const { status, output } = workspace.nx(`run ${tools}:docker-scan`);
    expect(output).toMatch(/error\s+no-scanner/);
    expect(output).toContain('no scanner is installed: Trivy, Grype, Docker Scout');
    expect(status).toBe(1);
  });

  it.each([
    ['fails', 'echo "FATAL no database" >&2; exit 3', ['Trivy failed with exit code 3', 'FATAL no database']],
    ['writes no SARIF', 'echo hello', ['Trivy wrote something that is not JSON']],
    ['is killed', 'kill -9 $$', ['Trivy was ended by a signal']],
  ])('fails if the scanner %s', (_, script, said) => {
    const { PATH } = pathWith({ trivy: script });
    const { status, output } = workspace.nx(`run ${tools}:docker-scan`, { PATH });
    expect(output).toMatch(/error\s+scan-failed/);
    for (const text of said) expect(output).toContain(text);
    expect(status).toBe(1);
  });

  it('does not scan an image of other files', () => {
    const { PATH, calls } = pathWith({ trivy: writes('LOW') });
    workspace.write({ 'files/tools': 'edited\n' });
    const { status, output } = workspace.nx(`run ${tools}:docker-scan --excludeTaskDependencies`, { PATH });
    expect(output).toContain(`${prefix}app:tools-one is not scanned: it was not built from the current files`);
    expect(workspace.nxOk('run images:docker-matrix')).toMatch(new RegExp(`${tools} .* outdated +outdated +-`));
    expect(calls()).toEqual([]);
    expect(status).toBe(1);
  });

  it('does not vouch for an image that became another one meanwhile', () => {
    const { PATH } = pathWith({
      trivy: `docker tag ${prefix}app:base-one ${prefix}app:tools-one\n${writes('LOW')}`,
    });
    const { status, output } = workspace.nx(`run ${tools}:docker-scan`, { PATH });
    expect(output).toContain('became another image while it was scanned');
    expect(status).toBe(1);
  });

  it('is affected by an edit of `scan`, for the images that have it', () => {
    workspace.edit('manifest.yml', 'tools: { from: runtime }', 'tools: { from: runtime, scan: {fail_on: low} }');
    const affected = workspace.nx('show projects --affected --base=HEAD --withTarget=docker-scan').stdout.trim();
    expect(affected.split('\n')).toEqual([tools]);
  });
});

it('scans an image that is only in staging where it is, by digest', () => {
  const more = `staging: { repository: ${staging} }`;
  const first = workspaceWith('{}', more);
  expect(first.nx('run-many -t docker-build').status).toBe(0);
  removeImages(prefix);
  const second = workspaceWith('{scanner: grype}', more, { IMAGE_LOAD: 'false' });
  const { PATH, calls } = pathWith({ grype: writes('LOW') });
  const { status, output } = second.nx(`run ${tools}:docker-scan`, { PATH });
  expect(output).toContain('reused from staging (not pulled');
  expect(status).toBe(0);
  expect(calls()).toEqual([
    expect.stringMatching(`^grype --quiet --output sarif registry:${staging}@sha256:[0-9a-f]{64}$`),
  ]);
});

interface Row {
  project: string;
  scanned: string;
  lastScan: unknown;
}

interface Sarif {
  runs: {
    automationDetails: { id: string };
    results: { suppressions?: unknown[] }[];
  }[];
}
