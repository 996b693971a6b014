import { resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { masked } from '@nx-image-matrix/engine';
import { describeError } from '../../format/describe.ts';
import { isGiven, pathOf } from '../file-option.ts';
import { interruptible } from '../interrupt.ts';
import { writeReport } from '../write-report.ts';
import { refreshJson } from './json.ts';
import { refreshBases, type Refresh } from './refresh.ts';
import { changesInWords, changesTable, failures, unresolvedWarnings, vanished } from './report.ts';

/** Options of the `refresh` executor. */
interface RefreshOptions {
  /** Workspace-relative path of the manifest; the plugin fills it in. */
  manifest: string;
  /** Write nothing, and fail if something has moved or is missing. */
  check?: boolean;
  /** Patterns of the references to refresh. */
  only?: string[] | string;
  /** Print JSON instead of a table, or write it to this path, relative to the workspace. */
  json?: boolean | string;
}

/** `docker-refresh` of a manifest: locks its external base images to the digests that registries have now. */
export async function refresh(options: RefreshOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  const { manifest, check = false, only = [] } = options;
  const print = (line: string): void => console.error(masked(line));
  try {
    const request = { manifest, check, only: [only].flat().filter((pattern) => pattern !== '') };
    for await (const result of interruptible((signal) => once(refreshBases(request, context, { signal, print })))) {
      report(result, options, context);
      return { success: isRight(result, check) };
    }
  } catch (error) {
    print(describeError(error));
  }
  return { success: false };
}

async function* once<T>(value: Promise<T>): AsyncGenerator<T> {
  yield await value;
}

function isRight({ found }: Refresh, check: boolean): boolean {
  return found.every(({ state, from }) => state !== 'failed' && !(check && (state === 'moved' || from === undefined)));
}

function report(result: Refresh, { json, check }: RefreshOptions, { root }: ExecutorContext): void {
  const warnings = [...result.notes, ...unresolvedWarnings(result.bases.unresolved), ...vanished(result)];
  for (const warning of warnings) console.error(masked(warning));
  const path = isGiven(json) ? pathOf(json) : undefined;
  if (path !== undefined) writeReport(root, resolve(root, path), `${refreshJson(result)}\n`);
  if (isGiven(json) && path === undefined) console.log(masked(refreshJson(result)));
  else {
    const table = changesTable(result);
    if (table !== '') console.log(masked(table));
    console.log(summary(result, check));
  }
  for (const failure of failures(result)) console.error(masked(failure));
}

function summary(result: Refresh, check = false): string {
  const { lockFile, bases, found, unused, written, folders } = result;
  if (bases.bases.length === 0 && unused.length === 0) return 'No image has an external base without a digest.';
  const failed = found.filter(({ state }) => state === 'failed').length;
  const parts = [
    `${lockFile}: ${changesInWords(result)}`,
    ...(failed === 0 ? [] : [`${failed} not answered, whose lines stay`]),
    ...(check && isChanged(result) ? ['nothing is written with --check'] : []),
    ...(written || check ? [] : ['it stays as it is']),
    ...(folders.length === 0
      ? []
      : [`wrote the files of ${folders.length} ${folders.length === 1 ? 'image' : 'images'}`]),
  ];
  return parts.join('; ');
}

function isChanged({ found, unused }: Refresh): boolean {
  return unused.length > 0 || found.some(({ state }) => state === 'moved' || state === 'new');
}
