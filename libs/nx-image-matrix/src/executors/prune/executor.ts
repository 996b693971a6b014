import { resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { masked } from '@nx-image-matrix/engine';
import { describeError } from '../../format/describe.ts';
import { isGiven, pathOf } from '../file-option.ts';
import { interruptible } from '../interrupt.ts';
import { writeReport } from '../write-report.ts';
import { pruneTags, type Pruning } from './prune.ts';
import { failuresOf, prunedTable, pruningJson, summaryOf } from './report.ts';
import { goes } from './tag-facts.ts';

/** Options of the `prune` executor. */
interface PruneOptions {
  /** Workspace-relative path of the manifest; the plugin fills it in. */
  manifest: string;
  /** Delete. */
  yes?: boolean;
  /** Print JSON instead of a table, or write it to this path, relative to the workspace. */
  json?: boolean | string;
}

/** `docker-prune` of a manifest: shows old tags in its repositories, and deletes them with `yes`. */
export async function prune(options: PruneOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  const { manifest, yes = false } = options;
  try {
    for await (const result of interruptible((signal) => once(pruneTags({ manifest, yes }, context, signal)))) {
      return { success: report(result, options, context) };
    }
  } catch (error) {
    console.error(masked(describeError(error)));
  }
  return { success: false };
}

async function* once<T>(value: Promise<T>): AsyncGenerator<T> {
  yield await value;
}

function report(result: Pruning, { manifest, yes, json }: PruneOptions, { root }: ExecutorContext): boolean {
  const { repositories, notes, problems } = result;
  const failures = [...problems, ...failuresOf(result)];
  const path = isGiven(json) ? pathOf(json) : undefined;
  if (path !== undefined) writeReport(root, resolve(root, path), masked(`${pruningJson(result)}\n`));
  for (const note of notes) console.error(masked(note));
  if (isGiven(json) && path === undefined) console.log(masked(pruningJson(result)));
  else {
    const lines = [prunedTable(result, Date.now()), ...repositories.map(summaryOf), closing(result, manifest, yes)];
    console.log(masked(lines.filter((line) => line !== '').join('\n')));
  }
  for (const failure of failures) console.error(masked(failure));
  return failures.length === 0;
}

function closing({ repositories, notes, problems }: Pruning, manifest: string, yes = false): string {
  if (repositories.length === 0 && notes.length === 0 && problems.length === 0) {
    return `${manifest} has neither \`retention\` nor \`staging\`; there is nothing to prune.`;
  }
  const isDue = repositories.some(({ planned }) => planned.some(goes));
  if (yes) return problems.length > 0 ? 'Nothing was deleted.' : '';
  return isDue ? 'Nothing was deleted; --yes deletes.' : '';
}
