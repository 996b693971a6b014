import { registryProxy, type RegistryProxy } from '../../../engine/src/testing/registry-proxy.ts';
import type { OwnRegistry } from '../../../engine/src/testing/own-registry.ts';
import { markdownTable } from '../support/table.ts';

/** How a task handled a fault. */
export interface Outcome {
  fault: string;
  survived: boolean;
  output: string;
  tries: number;
  milliseconds: number;
  /** The registry's content under the tags of the task. */
  digests: (string | undefined)[];
}

/** Runs a function with its own proxy, whose address no engine has seen before. */
export async function throughProxy<T>(registry: OwnRegistry, task: (proxy: RegistryProxy) => Promise<T>): Promise<T> {
  const proxy = await registryProxy(registry.address);
  try {
    return await task(proxy);
  } finally {
    proxy.close();
  }
}

/** Runs a task and reads the result from its output. */
export async function observe(
  fault: string,
  task: () => Promise<{ success: boolean; output: string }>,
): Promise<Omit<Outcome, 'digests'>> {
  const started = performance.now();
  const { success, output } = await task();
  const milliseconds = performance.now() - started;
  return { fault, survived: success, output, tries: triesIn(output), milliseconds };
}

/** The whole table, as printed. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ fault, survived, output, tries, milliseconds }) => [
    fault,
    survived ? 'survived' : `failed: ${reason(output)}`,
    String(tries),
    `${(milliseconds / 1000).toFixed(1)} s`,
  ]);
  return markdownTable(['fault', 'outcome', 'tries', 'time'], rows);
}

function triesIn(output: string): number {
  const said = [...output.matchAll(/try (\d+) of|\((\d+) tries\)/g)].map(([, next, all]) => Number(next ?? all));
  return Math.max(1, ...said);
}

/** The end of the line with the error, without names and addresses that differ between runs. */
function reason(output: string): string {
  const line = output.split('\n').find((one) => /failed|asked for/.test(one) && !/try \d of/.test(one)) ?? output;
  const short = line.replaceAll(/127\.0\.0\.1:\d+[^\s":]*|sha256:\w+/g, '…').trim();
  return short.length > 90 ? `…${short.slice(-90)}` : short;
}
