/** Lines that Nx may have drawn beside one for each running task: header, flags, rules, counts, and blank ones. */
const AROUND = 18;

/**
 * Holds back what this process writes until `release`, which writes all of it as one piece, with so many blank lines
 * below that the next drawing of Nx, for `tasks` tasks, begins under it.
 */
export function holdOutput(tasks: number): { release: () => void } {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  const held: string[] = [];
  const hold = ((chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    held.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    const done = rest.find((value) => typeof value === 'function');
    if (done) queueMicrotask(() => done());
    return true;
  }) as typeof process.stdout.write;
  for (const stream of streams) stream.write = hold;
  const release = (): void => {
    process.off('exit', release);
    streams.forEach((stream, index) => (stream.write = writes[index]!));
    const text = held.splice(0).join('');
    if (text) process.stdout.write(`\n${text}${'\n'.repeat(tasks + AROUND)}`);
  };
  process.once('exit', release);
  return { release };
}
