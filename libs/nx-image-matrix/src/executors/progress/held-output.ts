/** Lines that Nx may have drawn in addition to one per running task: header, flags, rules, counts, and blank ones. */
const AROUND = 18;

/**
 * Holds back the output of this process until `release`, which writes it in one piece, followed by enough blank lines
 * that Nx, redrawing for `tasks` tasks, starts below it.
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
