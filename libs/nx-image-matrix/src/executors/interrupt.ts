/** Runs something with a signal that SIGINT, SIGTERM, SIGHUP and the end of Nx itself abort, and takes the handlers away afterwards. */
export async function* interruptible<T>(run: (signal: AbortSignal) => AsyncIterable<T>): AsyncGenerator<T> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, abort);
  // Nx was killed, and nobody is there any more to hear of a result.
  process.on('disconnect', abort);
  try {
    yield* run(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, abort);
    process.off('disconnect', abort);
  }
}
