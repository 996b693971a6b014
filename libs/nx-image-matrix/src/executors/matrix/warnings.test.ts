import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveOptions } from '../../options/resolve-options.ts';
import { matrixWarnings } from './warnings.ts';

const manifest =
  'packages: { app: { runtime: [debian] } }\n' +
  'releases: { debian: { 12: { templates_dir: templates, base_image: "debian:12" } } }\n';

it('docker-matrix warns of another plugin that infers targets from the generated Dockerfiles', () => {
  const root = mkdtempSync(join(tmpdir(), 'matrix-warnings-'));
  try {
    mkdirSync(join(root, 'templates'));
    writeFileSync(join(root, 'manifest.yml'), manifest);
    for (const type of ['base', 'runtime'])
      writeFileSync(join(root, `templates/${type}.Dockerfile.liquid`), 'FROM {{ from }}\n');
    const warnings = (plugins: { plugin: string; exclude?: string[] }[]) =>
      matrixWarnings('manifest.yml', resolveOptions(undefined), { root, nxJsonConfiguration: { plugins } }).warnings;
    expect(warnings([{ plugin: '@nx/docker' }]).join('\n')).toContain('also-inferred');
    expect(warnings([{ plugin: '@nx/docker', exclude: ['docker/**'] }]).join('\n')).not.toContain('also-inferred');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
