import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { masked, type Engine, type EngineImage } from '@nx-image-matrix/engine';
import { makePrivateFolder } from '@nx-image-matrix/engine/private-folder';
import { annotated, assess, dayOf, runScanner, type ScanSource } from '@nx-image-matrix/scan';
import { registryOf } from '@nx-image-matrix/manifest/reference';
import type { BuildPlan } from '../../build-plan/plan.ts';
import type { ImageIdentity } from '../../build-plan/same-image.ts';
import { describeError } from '../../format/describe.ts';
import type { RegistryAccess } from '../../repositories/registry-access.ts';
import { isOnlyHere } from '../../staging/is-only-here.ts';
import type { Stagings } from '../../staging/stagings.ts';
import type { Reporter } from '../progress/reporter.ts';
import { currentImage, notCurrent, type CurrentImage } from '../../build-plan/current-image.ts';
import type { Job } from '../schedule.ts';
import type { TaskOutcome } from '../task-outcome.ts';
import { writeReport } from '../write-report.ts';
import { describeFindings } from './describe-findings.ts';
import { sarifPath } from './sarif-path.ts';
import type { ScannedImage } from './table.ts';
import type { UsedScanners } from './used-scanners.ts';

/** State shared by the scans of a run. */
export interface ScanRun {
  root: string;
  engine: Engine;
  withoutEngine: boolean;
  access: RegistryAccess;
  stagings: Stagings;
  /** Registries that use plain HTTP. */
  insecure: readonly string[];
  signal: AbortSignal;
  report: Reporter;
  used: UsedScanners;
  /** Images that have been scanned. */
  scanned: ScannedImage[];
}

/** Milliseconds; the first scan may fetch a database of vulnerabilities. */
const TIMEOUT = 60 * 60_000;

/** The scans of images, each with its outcome. */
export async function scanJobs(run: ScanRun, plans: readonly BuildPlan[]): Promise<Job<TaskOutcome>[]> {
  const images = await run.engine.images(plans.map(({ document }) => document.reference));
  await run.stagings.prefetch(plans.filter((plan) => !currentImage(run.root, plan, images)));
  return plans.map((plan) => ({
    name: plan.folder.project,
    after: [],
    run: () => scanImage(run, plan, images),
    succeeded: ({ success }) => success,
    failed: (error) => ({ success: false, output: describeError(error, plan.folder.project) }),
    skipped: (because) => ({
      success: false,
      skipped: true,
      output: `${plan.folder.project}: not scanned, because ${because}.`,
    }),
  }));
}

async function scanImage(
  run: ScanRun,
  plan: BuildPlan,
  images: ReadonlyMap<string, EngineImage>,
): Promise<TaskOutcome> {
  const { project, manifest } = plan.folder;
  const { reference, scan: settings } = plan.document;
  if (!settings) return { success: true, output: `${reference} is not scanned: the manifest has no \`scan\` for it` };
  const scanner = await run.used.find(settings.scanner);
  const found = await sourceOf(run, plan, images);
  if (typeof found === 'string') return { success: false, output: found };
  let log;
  try {
    log = await run.used.inTurn(scanner, async () => {
      run.signal.throwIfAborted();
      run.report.started(`scanning ${reference} with ${scanner.product}`);
      return runScanner(scanner, found.source, {
        environment: found.environment,
        timeout: TIMEOUT,
        signal: run.signal,
      });
    });
    await found.check();
  } finally {
    found.release();
  }
  const result = assess(log.findings, settings, dayOf(new Date()));
  const file = sarifPath(plan.folder);
  const scanned = { ...found.image, scannedAt: new Date().toISOString() };
  writeReport(run.root, join(run.root, file), masked(annotated(log, result, `docker-scan/${project}`, scanned)));
  for (const { id, until } of result.expired) {
    run.report.note(project, `${id} counts again: \`ignore\` in ${manifest} accepted it until ${until}`);
  }
  run.scanned.push({ project, manifest, reference, tool: log.tool, result });
  return { success: result.failing.length === 0, output: describeFindings(reference, settings.failOn, result, file) };
}

interface FoundSource {
  source: ScanSource;
  image: ImageIdentity;
  environment: NodeJS.ProcessEnv;
  /** @throws Error if the image is another one by now. */
  check: () => Promise<void>;
  release: () => void;
}

/** Where the scanner finds the current image: in the engine, else in staging; or why it is nowhere. */
async function sourceOf(
  run: ScanRun,
  plan: BuildPlan,
  images: ReadonlyMap<string, EngineImage>,
): Promise<FoundSource | string> {
  const current = currentImage(run.root, plan, images);
  if (current) return inEngine(run, plan, current);
  const staging = run.stagings.of(plan);
  const staged = await staging?.find(plan);
  if (staging && staged && !isOnlyHere(run.root, plan)) {
    const session = await staging.session({ ownLogins: true });
    const registry = registryOf(staging.repository);
    return {
      source: { in: 'registry', reference: staging.source(staged), plainHttp: run.insecure.includes(registry) },
      image: { digest: staged.digest },
      environment: { ...process.env, ...(session && { DOCKER_CONFIG: session.configDir }) },
      check: async () => {},
      release: () => {},
    };
  }
  return notCurrent(run.root, plan, images, 'scanned');
}

async function inEngine(run: ScanRun, plan: BuildPlan, { image, record }: CurrentImage): Promise<FoundSource> {
  const { reference } = plan.document;
  const { engine } = run;
  const identity = { imageId: image.id, ...(record.staging && { digest: record.staging.digest }) };
  const environment = process.env;
  if (engine.name === 'docker') {
    const check = async (): Promise<void> => {
      const now = (await engine.images([reference])).get(reference);
      if (now?.id !== image.id)
        throw new Error(`${reference} became another image while it was scanned; scan it again`);
    };
    return { source: { in: 'docker', reference }, image: identity, environment, check, release: () => {} };
  }
  // The others need a daemon that a scanner can talk to, which most machines do not run.
  const folder = makePrivateFolder();
  const release = (): void => rmSync(folder, { recursive: true, force: true });
  const path = join(folder, 'image.tar');
  try {
    await engine.save(image.id, path, { signal: run.signal });
  } catch (error) {
    release();
    throw error;
  }
  return { source: { in: 'archive', path }, image: identity, environment, check: async () => {}, release };
}
