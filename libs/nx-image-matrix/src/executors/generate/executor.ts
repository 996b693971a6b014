import { batchExecutor, taskExecutor, type RunProjects } from '../batch.ts';
import { generateImages, type GenerateOptions } from './generate.ts';

const run: RunProjects<GenerateOptions> = async function* (tasks, context) {
  yield* generateImages(
    tasks.map(({ project, options }) => ({ project, ...options })),
    context,
  );
};

/** `docker-generate` of one image. */
export const generate = taskExecutor(run);

/** `docker-generate` of many images in one process. */
export const generateBatch = batchExecutor(run);
