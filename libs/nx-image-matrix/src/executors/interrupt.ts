/**
 * Runs a function with a signal that aborts on SIGINT, SIGTERM, SIGHUP and the exit of Nx; removes the handlers
 * afterwards.
 */
export async function* interruptible<T>(run: (signal: AbortSignal) => AsyncIterable<T>): AsyncGenerator<T> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, abort);
  // Nx was killed, and nothing reads the results any more.
  process.on('disconnect', abort);
  try {
    yield* run(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, abort);
    process.off('disconnect', abort);
  }
}
