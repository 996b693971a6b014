import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectConfiguration } from '@nx/devkit';
import { BuildPlanner } from '../../src/build-plan/plan.ts';
import { createNodes } from '../../src/plugin/create-nodes.ts';
import { imageFolders } from '../../src/workspace/image-folders.ts';
import { writeFile, writeSources } from '../fuzz/checkout.ts';
import { editAtRandom } from '../fuzz/edits/edit-at-random.ts';
import { Random } from '../fuzz/random.ts';
import { regenerate, renderWorkspace } from '../fuzz/rendering.ts';
import { copyOf, noSources } from '../fuzz/sources.ts';
import { startSources } from '../fuzz/start.ts';
import { seedFiles } from '../support/seed.ts';
import { repository } from '../support/installation.ts';

/*
 * Values that must not change when only the code does: the name of each project, its tags, the digest of its rendered
 * files and its build ID, which users have in registries and on labels. If they are meant to change (a template of this
 * repository, the seed, a new edit of the fuzz), write them again with RECORD=1, and review the difference.
 */

const { RECORD } = process.env;

let root: string;
beforeEach(() => {
  delete process.env['IMAGE_VERSION'];
  root = mkdtempSync(join(tmpdir(), 'recorded-'));
  execFileSync('git', ['init', '--quiet'], { cwd: root });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it("keeps this repository's images", async () => {
  const values = await valuesOf(repository, ['manifest.yml']);
  expect(values).toEqual(recorded('own', values));
});

it("keeps the 22 images of BentoML's manifest", async () => {
  for (const [path, text] of Object.entries(seedFiles)) writeFile(join(root, path), text, 0o644);
  const rendering = rendered(['manifest.yml']);
  regenerate(root, new Map(), rendering);
  const values = await valuesOf(root, ['manifest.yml']);
  expect(values).toEqual(recorded('seed', values));
});

it('keeps the images of twelve random matrices', async () => {
  const random = new Random(12);
  let sources = startSources();
  writeSources(root, noSources, sources);
  let rendering = rendered([...sources.manifests.keys()]);
  regenerate(root, new Map(), rendering);
  const lines = [];
  for (let edits = 0; edits < 12;) {
    const edited = copyOf(sources);
    const references = [...rendering.values()].map(({ reference }) => reference);
    const what = editAtRandom({ sources: edited, random, references, externals: [] });
    writeSources(root, sources, edited);
    const manifests = [...edited.manifests.keys()];
    const next = renderWorkspace(root, manifests);
    if (typeof next === 'string' || next.size > 60) {
      writeSources(root, edited, sources);
      continue;
    }
    regenerate(root, rendering, next);
    [sources, rendering] = [edited, next];
    edits++;
    lines.push(`# ${what.join(', ')}`, ...(await valuesOf(root, manifests)));
  }
  expect(lines).toEqual(recorded('fuzz', lines));
});

function rendered(manifests: readonly string[]): Exclude<ReturnType<typeof renderWorkspace>, string> {
  const rendering = renderWorkspace(root, manifests);
  if (typeof rendering === 'string') throw new Error(rendering);
  return rendering;
}

/** A line for each image. */
async function valuesOf(workspace: string, manifests: readonly string[]): Promise<string[]> {
  const results = await createNodes[1](manifests, {}, { workspaceRoot: workspace, nxJsonConfiguration: {} });
  const projects: Record<string, ProjectConfiguration> = {};
  for (const [, { projects: found = {} }] of results) {
    for (const project of Object.values(found)) projects[project.name ?? ''] = { root: '', ...project };
  }
  const folders = imageFolders({ projectsConfigurations: { projects } });
  const planner = new BuildPlanner(workspace, folders, ['linux/amd64']);
  return Promise.all(
    [...folders.values()].map(async (folder) => {
      const { document, buildId } = await planner.plan(folder);
      const tags = [...document.tags, ...document.floatingTags].join(',');
      return [folder.project, tags, short(folder.digest ?? ''), short(buildId)].join(' ');
    }),
  );
}

function short(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 16);
}

/** The values in a file, or these, if they are to be recorded. */
function recorded(name: string, values: readonly string[]): string[] {
  const file = join(repository, 'libs/nx-image-matrix/test/recorded', `${name}.txt`);
  if (RECORD) writeFileSync(file, `${values.join('\n')}\n`);
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}
