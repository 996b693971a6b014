/** Milliseconds in which even a large answer has been sent. */
const DELAY = 100;

/**
 * Runs a function after Nx has received the answer that it waits for, or at the latest when the process ends. Nx stops
 * plugins with a signal or by closing their socket; its workers then exit normally.
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
