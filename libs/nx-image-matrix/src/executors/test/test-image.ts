import { countResults, formatJUnit, type TestResult } from '@nx-image-matrix/container-test';
import { BUILD_ID_LABEL, type Engine, type EngineImage } from '@nx-image-matrix/engine';
import { Containers } from '@nx-image-matrix/engine/containers';
import { duration } from '@nx-image-matrix/format';
import { isBuildIdOf } from '../../build-plan/built-from.ts';
import type { BuildPlan } from '../../build-plan/plan.ts';
import { readRecord, writeRecord } from '../../build-plan/record.ts';
import { shortId } from '../../format/describe.ts';
import { isThere } from '../../fs/links.ts';
import { replaceFile } from '../../fs/replace-file.ts';
import { reportPath, writeFailure, writePass, type TestPass } from '../../image-tests/pass.ts';
import { findPass, keepPass } from '../../image-tests/passes.ts';
import type { ImageTests } from '../../image-tests/read-suites.ts';
import { runSuite } from '../../image-tests/run-suite.ts';
import type { TestsOfImages } from '../../image-tests/tests-of-images.ts';
import type { OptionsOf } from '../../options/manifest-options.ts';
import { passwordVariables } from '../../repositories/passwords.ts';
import { isOnlyHere } from '../../staging/is-only-here.ts';
import type { StagedImage } from '../../staging/staged-image.ts';
import type { Staging } from '../../staging/staging.ts';
import type { Stagings } from '../../staging/stagings.ts';
import { isCi } from '../../workspace/ci.ts';
import { isVerbose } from '../progress/nx-output.ts';
import type { Reporter } from '../progress/reporter.ts';
import { currentImage, notCurrent } from '../../build-plan/current-image.ts';
import type { TaskOutcome } from '../task-outcome.ts';

/** State shared by the tests of a run. */
export interface TestRun {
  root: string;
  engine: Engine;
  /** The images in the engine, by reference. */
  images: ReadonlyMap<string, EngineImage>;
  stagings: Stagings;
  tests: TestsOfImages;
  optionsOf: OptionsOf;
  signal: AbortSignal;
  report: Reporter;
  /** Takes the results of an image, for the table. */
  add: (plan: BuildPlan, results: readonly TestResult[], before: boolean) => void;
}

/** The image that is tested: where it is. */
interface Found {
  image?: EngineImage;
  staging?: Staging;
  staged?: StagedImage;
}

/** Tests one image, unless it has passed the same tests. */
export async function testImage(run: TestRun, plan: BuildPlan, force: boolean): Promise<TaskOutcome> {
  const { project } = plan.folder;
  const { reference } = plan.document;
  const tests = run.tests.read(project);
  if (tests.diagnostics.length > 0) run.report.note(project, `\n${run.tests.format(tests)}\n`);
  const found = await find(run, plan);
  if (!found) {
    return { success: false, output: notCurrent(run.root, plan, run.images, 'tested') };
  }
  const pass = force ? undefined : await findPass(run.root, plan, tests.digest, passedImage(found));
  if (pass && !pass.unsettled) return keep(run, plan, found, pass);
  const image = found.image ?? (await pull(run, plan, found));
  const count = tests.suites.length === 1 ? '1 file' : `${tests.suites.length} files`;
  run.report.started(`testing ${reference} with ${run.engine.name} ${run.engine.version} (${count})`);
  const results = await runTests(run, plan, tests, image);
  replaceFile(run.root, reportPath(run.root, plan.folder), formatJUnit({ project, reference, results }));
  run.add(plan, results, false);
  const tested = {
    reference,
    imageId: image.id,
    ...(found.staged && { digest: found.staged.digest }),
    tests: tests.digest,
  };
  if (results.some(({ failures }) => failures.length > 0)) {
    writeFailure(run.root, plan.folder, tested);
    return { success: false, output: describeFailures(reference, results) };
  }
  await keepPass(run.root, plan, found, {
    ...tested,
    ...(isUnsettled(tests) && { unsettled: true }),
    results,
    passedAt: new Date().toISOString(),
  });
  const { tests: all, skipped, duration: time } = countResults(results);
  const others = skipped === 0 ? '' : `, ${skipped} not run`;
  return {
    success: true,
    output: `${reference} passed ${all - skipped} tests (${duration(time)}${others})`,
    saysTime: true,
  };
}

function passedImage({ image, staging, staged }: Found) {
  return { imageId: image?.id, staging, staged };
}

/** If an image is in staging, that one is pushed; the engine's is tested only if it is the same. */
async function find(run: TestRun, plan: BuildPlan): Promise<Found | undefined> {
  const current = currentImage(run.root, plan, run.images);
  const staging = run.stagings.of(plan);
  const staged = isOnlyHere(run.root, plan) ? undefined : await staging?.find(plan);
  const isSame = staged === undefined || current?.record.staging?.digest === staged.digest;
  const image = isSame ? current?.image : undefined;
  if (!image && !staged) return undefined;
  return { ...(image && { image }), ...(staging && { staging }), ...(staged && { staged }) };
}

/** The report of another machine's run is written again from its results. */
function keep(run: TestRun, plan: BuildPlan, { image, staged }: Found, pass: TestPass): TaskOutcome {
  const { reference } = plan.document;
  const { project } = plan.folder;
  const own = { ...pass, reference, ...(image && { imageId: image.id }), ...(staged && { digest: staged.digest }) };
  writePass(run.root, plan.folder, own);
  const report = reportPath(run.root, plan.folder);
  if (!isThere(report)) replaceFile(run.root, report, formatJUnit({ project, reference, results: pass.results }));
  run.add(plan, pass.results, true);
  return { success: true, output: `${reference} has passed these tests (build ID ${shortId(plan.buildId)})` };
}

/** @throws Error if what was pulled is not the image of the plan. */
async function pull(run: TestRun, plan: BuildPlan, { staging, staged }: Found): Promise<EngineImage> {
  const { reference } = plan.document;
  if (!staging || !staged) throw new Error(`${reference} is not in the engine`);
  run.report.started(`pulling ${reference} from staging`);
  await staging.pull(staged, reference, run.engine, plan.folder.project);
  const image = (await run.engine.images([reference])).get(reference);
  if (!image || !isBuildIdOf(plan, image.labels[BUILD_ID_LABEL])) {
    throw new Error(`${reference} was pulled, but is another image`);
  }
  const record = readRecord(run.root, plan.folder);
  if (record?.buildId === plan.buildId) writeRecord(run.root, plan.folder, { ...record, imageId: image.id });
  return image;
}

async function runTests(
  run: TestRun,
  { folder }: BuildPlan,
  { suites }: ImageTests,
  image: EngineImage,
): Promise<TestResult[]> {
  const { root, signal, engine, report } = run;
  const { testTimeout, testPrivileges = !isCi(process.env) } = run.optionsOf(folder.manifest);
  const containers = new Containers(engine.name, process.env, signal);
  const context = {
    root,
    contextDir: folder.contextDir,
    privileges: testPrivileges,
    logins: new Set(passwordVariables(root, [folder.manifest]).keys()),
    containers,
    image: image.id,
    timeout: testTimeout,
  };
  const results: TestResult[] = [];
  try {
    for (const suite of suites) {
      for await (const result of runSuite(context, suite)) {
        results.push(result);
        if (isVerbose(process.env)) report.log(folder.project, describeResult(result));
      }
    }
  } finally {
    await containers.close();
  }
  return results;
}

/** Whether more than image and test files decides: what is mounted and passed on may be another thing next time. */
function isUnsettled({ suites }: ImageTests): boolean {
  return suites.some(
    ({ suite: { settings } }) =>
      settings.bindMounts.length > 0 || settings.passed.length > 0 || settings.envFile !== undefined,
  );
}

function describeResult({ file, kind, name, failures, skipped, duration: time }: TestResult): string {
  const result = failures.length > 0 ? 'failed' : skipped === undefined ? 'passed' : 'not run';
  return `${result}  ${file}  ${kind}: ${name} (${duration(time)})`;
}

function describeFailures(reference: string, results: readonly TestResult[]): string {
  const failed = results.filter(({ failures }) => failures.length > 0);
  const lines = failed.flatMap(({ file, kind, name, failures }) => [
    `  ${file}  ${kind}: ${name}`,
    ...failures.map((text) => `    ${text.replaceAll('\n', '\n    ')}`),
  ]);
  return [`${reference} failed ${failed.length} of ${results.length} tests`, ...lines].join('\n');
}
