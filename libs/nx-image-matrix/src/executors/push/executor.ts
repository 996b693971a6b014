import { batchExecutor, taskExecutor, type RunProjects } from '../batch.ts';
import { interruptible } from '../interrupt.ts';
import { pushImages } from './push.ts';

const run: RunProjects<Record<string, never>> = (tasks, context) =>
  interruptible((signal) =>
    pushImages(
      tasks.map(({ project }) => project),
      context,
      signal,
    ),
  );

/** `docker-push` of one image. */
export const push = taskExecutor(run);

/** `docker-push` of many images in one process. */
export const pushBatch = batchExecutor(run, { live: true });
