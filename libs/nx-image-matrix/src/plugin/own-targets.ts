import { executorOf, targetsOf, type TargetKey, type TargetNames } from '../options/targets.ts';

/** A target of an image or of a matrix, and the settings that it must keep. */
export interface OwnTarget {
  key: TargetKey;
  name: string;
  executor: string;
  /**
   * Keys that would remove required settings if Nx merges them, and the values that do, given what the plugin infers.
   */
  breaks: Record<string, (value: unknown, own?: unknown) => boolean>;
}

const isTrue = (value: unknown): boolean => value === true;
const ownOptions = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && ['manifest', 'digest'].some((key) => Object.hasOwn(value, key));

/**
 * The targets of images and of matrices. Nx 23 and later replace `...` with what the plugin infers; Nx 22 treats it as
 * a name.
 */
export function ownTargets(names: TargetNames, spreads: () => boolean): OwnTarget[] {
  const replaces = (value: unknown, own?: unknown): boolean =>
    !Array.isArray(value) || !((value.includes('...') && spreads()) || holdsAll(value, own));
  return targetsOf().map(([key, { cached, configured, dependsOn }]) => ({
    key,
    name: names[key],
    executor: executorOf(key),
    breaks: {
      continuous: isTrue,
      inputs: replaces,
      ...(cached ? { outputs: replaces } : { cache: isTrue }),
      ...(dependsOn.length > 0 && { dependsOn: replaces }),
      ...(configured && { options: ownOptions }),
    },
  }));
}

/** Whether a list repeats what the plugin infers. */
function holdsAll(value: readonly unknown[], own: unknown): boolean {
  const found = new Set(value.map((entry) => JSON.stringify(entry)));
  return Array.isArray(own) && own.every((entry) => found.has(JSON.stringify(entry)));
}

/** Whether keys apply to the executor of a target; otherwise Nx treats them as another target. */
export function isForTarget({ executor, command }: Record<string, unknown>, own: OwnTarget): boolean {
  return command === undefined && (executor === undefined || executor === own.executor);
}

/** Where a key is written, after that of its section; the start of the text if it is not found. */
export function placeOf(key: string, section: string, text: string): { line: number; column: number } {
  const start = text.indexOf(JSON.stringify(section));
  const at = start < 0 ? -1 : text.indexOf(JSON.stringify(key), start);
  const before = text.slice(0, Math.max(at, 0)).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
