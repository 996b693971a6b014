import { setTimeout } from 'node:timers/promises';
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { masked } from '@nx-image-matrix/engine';
import type { Times } from './schedule.ts';
import { describeError } from '../format/describe.ts';
import { isNxBefore } from '../workspace/nx-version.ts';
import { holdOutput } from './progress/held-output.ts';
import { callOfParent, hasTerminalUi, isVerbose, redraws } from './progress/nx-output.ts';
import type { TaskOutcome } from './task-outcome.ts';
import { reporter, type Reporter } from './progress/reporter.ts';

/** Milliseconds for Nx to read the output of a batch. */
const DELAY = 100;

/** A batch executor's result for one task; Nx 22.6 reads neither the status nor the times. */
export interface BatchTaskResult {
  task: string;
  result: {
    success: boolean;
    status: 'success' | 'failure' | 'skipped';
    terminalOutput: string;
    /** Milliseconds since 1970. */
    startTime: number;
    endTime: number;
  };
}

export type RunProjects<Options> = (
  projects: { project: string; options: Options }[],
  context: ExecutorContext,
  report: Reporter,
) => AsyncIterable<[project: string, outcome: TaskOutcome, times?: Times]>;

/**
 * Makes a batch implementation. Every task gets a result, whatever happens, because Nx would rerun a task without one
 * for ever.
 *
 * Nx prints the output of a failed task when it gets the result, so failures are reported last and their logs are at
 * the end of the run; its terminal UI shows them elsewhere and gets them at once. Nx prints the output of a successful
 * task only on request. With `live` each outcome is printed as soon as it is known, and a success is not repeated at
 * the end.
 */
export function batchExecutor<Options>(run: RunProjects<Options>, { live = false } = {}) {
  return async function* (
    taskGraph: TaskGraph,
    inputs: Record<string, Options>,
    _overrides: unknown,
    context: ExecutorContext,
  ): AsyncGenerator<BatchTaskResult> {
    const open = new Map(Object.values(taskGraph.tasks).map((task) => [task.target.project, task.id]));
    const projects = [...open].map(([project, id]) => ({ project, options: inputs[id]! }));
    const report = reporterFor(projects.length);
    const held = redraws(process.env, callOfParent) ? holdOutput(projects.length) : undefined;
    const failures: BatchTaskResult[] = [];
    let reason: unknown = 'the batch ended before this task had its turn';
    let since = Date.now();
    try {
      for await (const [project, outcome, times] of run(projects, context, report)) {
        const task = open.get(project);
        if (task === undefined) continue;
        open.delete(project);
        const text = live ? report.ended(project, outcome, times) : masked(outcome.output);
        const output = live && outcome.success ? '' : `${text}\n`;
        // Tasks without times ran one after the other.
        const result = taskResult(task, outcome, output, times ?? { start: since, end: Date.now() });
        if (outcome.success || hasTerminalUi(process.env)) yield result;
        else failures.push(result);
        since = Date.now();
      }
    } catch (error) {
      reason = error;
    } finally {
      held?.release();
      // Nx 22 exits with the last result, even if it has not read all output.
      if (held || isNxBefore(context.root, 23, 0)) await setTimeout(DELAY);
      yield* failures;
      for (const [index, [project, task]] of [...open].entries()) {
        const text = masked(describeError(reason, project));
        // Only the first says what to do.
        const output = index === 0 ? text : text.split('\n', 1).join();
        yield taskResult(task, { success: false }, `${output}\n`, { start: since, end: Date.now() });
      }
    }
  };
}

function reporterFor(total: number): Reporter {
  return reporter({ total, verbose: isVerbose(process.env), print: (line) => process.stdout.write(`${line}\n`) });
}

function taskResult(
  task: string,
  { success, skipped }: Pick<TaskOutcome, 'success' | 'skipped'>,
  terminalOutput: string,
  { start, end }: Times,
): BatchTaskResult {
  const status = skipped ? 'skipped' : success ? 'success' : 'failure';
  return { task, result: { success, status, terminalOutput, startTime: start, endTime: end } };
}

/** The implementation for a single task. */
export function taskExecutor<Options>(run: RunProjects<Options>) {
  return async (options: Options, context: ExecutorContext): Promise<{ success: boolean }> => {
    const project = context.projectName!;
    const report = reporterFor(1);
    let succeeded = false;
    try {
      for await (const [, outcome, times] of run([{ project, options }], context, report)) {
        const left = report.ended(project, outcome, times);
        if (left) console.error(left);
        succeeded = outcome.success;
      }
    } catch (error) {
      console.error(masked(describeError(error, project)));
      return { success: false };
    }
    return { success: succeeded };
  };
}
