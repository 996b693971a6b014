import { masked } from '@nx-image-matrix/engine';
import { batchExecutor, taskExecutor, type RunProjects } from '../batch.ts';
import { interruptible } from '../interrupt.ts';
import { planPushes } from './dry-run.ts';
import { pushImages, type PushOptions } from './push.ts';

const run: RunProjects<PushOptions> = (tasks, context, report) =>
  interruptible(async function* (signal) {
    const projects = tasks.filter(({ options }) => !options.dryRun).map(({ project }) => project);
    yield* pushImages(projects, context, signal, report);
    const dry = tasks.filter(({ options }) => options.dryRun).map(({ project }) => project);
    yield* planPushes(dry, context, signal, (table) => process.stdout.write(`${masked(table)}\n`));
  });

/** `docker-push` of one image. */
export const push = taskExecutor(run);

/** `docker-push` of many images in one process. */
export const pushBatch = batchExecutor(run, { live: true });
