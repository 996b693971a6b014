/** Milliseconds, in which even a large answer has left the process. */
const DELAY = 100;

/**
 * Has some work done when Nx has got the answer that it waits for, at the latest when the process ends. Nx takes plugins
 * down with a signal or by closing their socket, and its workers then exit in good order.
 */
export function afterAnswer(work: () => void): void {
  const run = (): void => {
    clearTimeout(timer);
    process.off('exit', run);
    work();
  };
  const timer = setTimeout(run, DELAY).unref();
  process.once('exit', run);
}
