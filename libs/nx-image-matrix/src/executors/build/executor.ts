import { masked } from '@nx-image-matrix/engine';
import { batchExecutor, taskExecutor, type RunProjects } from '../batch.ts';
import { interruptible } from '../interrupt.ts';
import { buildImages, type BuildOptions } from './build.ts';

const run: RunProjects<BuildOptions> = (tasks, context) =>
  interruptible((signal) => {
    const single = tasks.length === 1;
    const print = (project: string, line: string): void => {
      process.stdout.write(`${masked(single ? line : `${project} | ${line}`)}\n`);
    };
    return buildImages(tasks, context, signal, print);
  });

/** `docker-build` of one image. */
export const build = taskExecutor(run);

/** `docker-build` of many images in one process. */
export const buildBatch = batchExecutor(run, { live: true });
