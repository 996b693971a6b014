type Cleanup = () => void;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const cleanups = new Set<Cleanup>();

/**
 * Runs a synchronous cleanup when this process exits or gets SIGINT, SIGTERM or SIGHUP, until the returned function is
 * called. The signal still ends the process, unless another listener handles it.
 */
export function onInterrupt(cleanup: Cleanup): () => void {
  if (cleanups.size === 0) listen();
  cleanups.add(cleanup);
  return () => {
    if (cleanups.delete(cleanup) && cleanups.size === 0) unlisten();
  };
}

function listen(): void {
  for (const signal of signals) process.on(signal, handleSignal);
  process.on('exit', cleanUp);
}

function unlisten(): void {
  for (const signal of signals) process.off(signal, handleSignal);
  process.off('exit', cleanUp);
}

function handleSignal(signal: NodeJS.Signals): void {
  cleanUp();
  if (process.listenerCount(signal) > 1) return;
  unlisten();
  process.kill(process.pid, signal);
}

function cleanUp(): void {
  for (const cleanup of cleanups) cleanup();
}
