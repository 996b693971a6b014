import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notCurrent } from './current-image.ts';
import type { BuildPlan } from './plan.ts';

const buildId = `sha256:${'ab'.repeat(32)}`;
const plan = {
  buildId,
  document: { reference: 'pushed-app:1' },
  folder: { project: 'pushed-app', root: 'docker/pushed-app' },
  parents: [],
} as unknown as BuildPlan;

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'current-image-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

it.each(['pushed', 'tested', 'scanned'] as const)('says why an image is not %s, whatever its name', (done) => {
  expect(notCurrent(root, plan, new Map(), done)).toBe(
    `pushed-app:1 is not ${done}: it is not in the engine (build ID abababababab is wanted). ` +
      'Run the docker-build target of pushed-app first.',
  );
});
