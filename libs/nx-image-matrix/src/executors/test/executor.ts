import { masked } from '@nx-image-matrix/engine';
import { batchExecutor, taskExecutor, type RunProjects } from '../batch.ts';
import { interruptible } from '../interrupt.ts';
import { testImages, type TestOptions } from './test.ts';

const run: RunProjects<TestOptions> = (tasks, context, report) =>
  interruptible((signal) =>
    testImages(tasks, context, signal, report, (table) => process.stdout.write(`\n${masked(table)}\n`)),
  );

/** `docker-test` of one image. */
export const test = taskExecutor(run);

/** `docker-test` of many images in one process. */
export const testBatch = batchExecutor(run, { live: true });
