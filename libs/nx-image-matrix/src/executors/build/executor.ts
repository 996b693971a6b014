import { batchExecutor, taskExecutor, type RunProjects } from '../batch.ts';
import { interruptible } from '../interrupt.ts';
import { buildImages, type BuildOptions } from './build.ts';

const run: RunProjects<BuildOptions> = (tasks, context, report) =>
  interruptible((signal) => buildImages(tasks, context, signal, report));

/** `docker-build` of one image. */
export const build = taskExecutor(run);

/** `docker-build` of many images in one process. */
export const buildBatch = batchExecutor(run, { live: true });
