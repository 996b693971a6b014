import { registryOf } from '@nx-image-matrix/manifest/reference';

/** Milliseconds until a registry is worth a line, and between its lines. */
const FIRST = 1_000;
const NEXT = 10_000;

export interface RefreshProgress {
  /** A registry has answered for one more of its references. */
  answered(registry: string): void;
  /** Remembers what a registry is waited for. */
  note(registry: string, line: string): void;
  stop(): void;
}

/** Prints a line for each registry that has not told everything after a second, and then every ten seconds. */
export function refreshProgress(references: readonly string[], print: (line: string) => void): RefreshProgress {
  const all = new Map<string, number>();
  for (const registry of references.map(registryOf)) all.set(registry, (all.get(registry) ?? 0) + 1);
  const done = new Map<string, number>();
  const notes = new Map<string, string>();
  const report = (): void => {
    for (const [registry, count] of all) {
      const answers = done.get(registry) ?? 0;
      if (answers === count) continue;
      const note = notes.get(registry);
      print(`asking ${registry}: ${answers} of ${count} answered${note === undefined ? '' : ` (${note})`}`);
    }
    timer = setTimeout(report, NEXT);
  };
  let timer = setTimeout(report, FIRST);
  return {
    answered: (registry) => void done.set(registry, (done.get(registry) ?? 0) + 1),
    note: (registry, line) => void notes.set(registry, line),
    stop: () => clearTimeout(timer),
  };
}
