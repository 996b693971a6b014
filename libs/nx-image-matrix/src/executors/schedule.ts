/** A job that waits for others. */
export interface Job<T> {
  name: string;
  after: string[];
  run: () => Promise<T>;
  /** Whether dependent jobs may start. */
  succeeded: (outcome: T) => boolean;
  /** The outcome if `run` rejects. */
  failed: (error: unknown) => T;
  /** The outcome if a job that this one waits for did not succeed. */
  skipped: (because: string) => T;
}

/** When a job ran; milliseconds since 1970. */
export interface Times {
  start: number;
  end: number;
}

/**
 * Runs jobs, at most `limit` at once, each after those it names (names without a job count as done). Yields the outcome
 * of each job as soon as it is known, with its times if it ran. `aborted` stops more jobs from starting; they are
 * yielded as skipped. Never returns before all started jobs have ended, so shared resources can be removed then.
 */
export async function* runInOrder<T>(
  jobs: readonly Job<T>[],
  limit: number,
  signal?: AbortSignal,
): AsyncGenerator<[name: string, outcome: T, times?: Times]> {
  const waiting = new Map(jobs.map((job) => [job.name, job]));
  const failed = new Set<string>();
  const running = new Map<string, Promise<[Job<T>, T, Times]>>();
  try {
    while (waiting.size > 0 || running.size > 0) {
      for (const job of waiting.values()) {
        const blocker = signal?.aborted ? 'the run was interrupted' : job.after.find((name) => failed.has(name));
        if (blocker !== undefined) {
          waiting.delete(job.name);
          failed.add(job.name);
          yield [job.name, job.skipped(blocker)];
        } else if (running.size < limit && job.after.every((name) => !waiting.has(name) && !running.has(name))) {
          waiting.delete(job.name);
          running.set(job.name, timed(job));
        }
      }
      if (running.size === 0) continue;
      const [job, outcome, times] = await Promise.race(running.values());
      running.delete(job.name);
      if (!job.succeeded(outcome)) failed.add(job.name);
      yield [job.name, outcome, times];
    }
  } finally {
    await Promise.allSettled(running.values());
  }
}

async function timed<T>(job: Job<T>): Promise<[Job<T>, T, Times]> {
  const start = Date.now();
  const outcome = await outcomeOf(job);
  return [job, outcome, { start, end: Date.now() }];
}

async function outcomeOf<T>({ run, failed }: Job<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    return failed(error);
  }
}
