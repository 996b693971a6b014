/** Runs something with a signal that SIGINT, SIGTERM and SIGHUP abort, and takes the handlers away afterwards. */
export async function* interruptible<T>(run: (signal: AbortSignal) => AsyncIterable<T>): AsyncGenerator<T> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, abort);
  try {
    yield* run(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, abort);
  }
}
