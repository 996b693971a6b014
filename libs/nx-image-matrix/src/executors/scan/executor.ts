import { masked } from '@nx-image-matrix/engine';
import { batchExecutor, taskExecutor, type RunProjects } from '../batch.ts';
import { interruptible } from '../interrupt.ts';
import { scanImages } from './scan.ts';

/** The executor has no options. */
type ScanOptions = Record<string, never>;

const run: RunProjects<ScanOptions> = (tasks, context, report) =>
  interruptible((signal) =>
    scanImages(
      tasks.map(({ project }) => project),
      context,
      { signal, report, print: (table) => process.stdout.write(`${masked(table)}\n`) },
    ),
  );

/** `docker-scan` of one image. */
export const scan = taskExecutor(run);

/** `docker-scan` of many images in one process. */
export const scanBatch = batchExecutor(run, { live: true });
