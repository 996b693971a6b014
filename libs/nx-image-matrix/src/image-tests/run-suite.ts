import { checkMetadata, expandVariables, type TestResult, type TestSuite } from '@nx-image-matrix/container-test';
import { EngineError } from '@nx-image-matrix/engine';
import type { Containers } from '@nx-image-matrix/engine/containers';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import { imageConfiguration } from './image-configuration.ts';
import type { RenderedSuite } from './read-suites.ts';
import { runCommand } from './run-command.ts';
import { requestOf, timed, withVariables, type SuiteContext } from './run-context.ts';
import { runContent, runExistence } from './run-files.ts';
import { runService } from './run-service.ts';
import { resolveSettings, type SettingsContext } from './settings.ts';

/** Where the tests of an image run. */
export interface ImageRun extends SettingsContext {
  containers: Containers;
  /** ID of the image. */
  image: string;
  /** Milliseconds for one container. */
  timeout: number;
}

/**
 * Runs the tests of a file one after the other, in the order of container-structure-test. A test that cannot run has
 * failed.
 * @throws EngineError `interrupted`
 */
export async function* runSuite(run: ImageRun, { file, suite }: RenderedSuite): AsyncGenerator<TestResult> {
  const settings = resolveSettings(suite.settings, run);
  if ('problems' in settings) {
    yield { file, kind: 'containerRunOptions', name: file, failures: settings.problems, duration: 0 };
    return;
  }
  const { containers, image, timeout } = run;
  const configuration = imageConfiguration(await containers.configuration(image));
  const { environment, list } = withVariables(configuration.environment, suite.environment, expandVariables);
  const common = {
    ...requestOf(suite.settings),
    bindMounts: settings.bindMounts,
    environment: [...list, ...settings.variables],
  };
  const context: SuiteContext = { containers, image, file, environment, common, timeout };
  for (const test of suite.commands) {
    yield await timed(context, 'commandTests', test.name, () => attempt(() => runCommand(context, test)));
  }
  yield* runFileTests(context, suite);
  for (const kind of suite.unsupported) {
    yield { file, kind, name: kind, failures: [], skipped: `${kind} are not supported`, duration: 0 };
  }
  const { metadata } = suite;
  if (metadata) {
    yield await timed(context, 'metadataTest', 'metadata', () =>
      attempt(async () => checkMetadata(metadata, configuration)),
    );
  }
  for (const test of suite.services) {
    yield await timed(context, 'serviceTests', test.name, () => attempt(() => runService(context, test)));
  }
}

/** One container, which never starts, for all files. */
async function* runFileTests(context: SuiteContext, suite: TestSuite): AsyncGenerator<TestResult> {
  if (suite.contents.length + suite.existence.length === 0) return;
  const { containers, image, common } = context;
  // An image without a command needs one to become a container.
  const id = await containers.create({ image, entrypoint: ['/none'], bindMounts: common.bindMounts });
  try {
    for (const test of suite.contents) {
      yield await timed(context, 'fileContentTests', test.name, () => attempt(() => runContent(context, id, test)));
    }
    for (const test of suite.existence) {
      yield await timed(context, 'fileExistenceTests', test.name, () => attempt(() => runExistence(context, id, test)));
    }
  } finally {
    await containers.remove(id);
  }
}

async function attempt(test: () => Promise<string[]>): Promise<string[]> {
  try {
    return await test();
  } catch (error) {
    if (error instanceof EngineError && error.code === 'interrupted') throw error;
    return [messageOf(error)];
  }
}
