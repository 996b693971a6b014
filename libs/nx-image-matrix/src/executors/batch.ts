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

/** Milliseconds, in which Nx has read what a batch wrote. */
const DELAY = 100;

/** What a batch executor tells Nx of one task; Nx 22.6 reads neither the status nor the times. */
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
 * A batch implementation: every task gets a result, whatever happens, since Nx runs a task without one again for ever.
 *
 * Nx prints the output of a failed task when it hears of it, so it hears of failures last, and the logs stand at the end
 * of the run; its terminal UI shows them elsewhere and hears at once. That of a successful task it prints only when asked
 * to. With `live` the outcome of each is said when it is known, and a success not a second time at the end.
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
        // What has no times of its own was done one after the other.
        const result = taskResult(task, outcome, output, times ?? { start: since, end: Date.now() });
        if (outcome.success || hasTerminalUi(process.env)) yield result;
        else failures.push(result);
        since = Date.now();
      }
    } catch (error) {
      reason = error;
    } finally {
      held?.release();
      // Nx 22 ends with the last result, whatever of the output it has not read by then.
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
