import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { masked } from '@nx-image-matrix/engine';
import type { Times } from './schedule.ts';
import { describeError } from '../format/describe.ts';

/** How one task ended. */
export interface TaskOutcome {
  success: boolean;
  /** Nothing was tried, because something that it needs has failed; it is no success then. */
  skipped?: true;
  /** What there is to say of it, without a line end; empty when all has been said. */
  output: string;
}

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
) => AsyncIterable<[project: string, outcome: TaskOutcome, times?: Times]>;

/**
 * A batch implementation: every task gets a result, whatever happens, since Nx runs a task without one again for ever.
 *
 * Nx shows the output of a failed task by itself, but that of a successful one only when asked to. With `live` a success
 * is said at once, and not a second time at the end.
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
    let reason = 'the batch ended before this task had its turn';
    let since = Date.now();
    try {
      for await (const [project, outcome, times] of run(projects, context)) {
        const task = open.get(project);
        if (task === undefined) continue;
        open.delete(project);
        const output = masked(outcome.output);
        const said = live && outcome.success;
        if (said && output) console.log(output);
        // What has no times of its own was done one after the other.
        yield taskResult(task, outcome, said ? '' : `${output}\n`, times ?? { start: since, end: Date.now() });
        since = Date.now();
      }
    } catch (error) {
      reason = masked(describeError(error));
    } finally {
      for (const [project, task] of open) {
        yield taskResult(task, { success: false }, `${project}: ${reason}\n`, { start: since, end: Date.now() });
        reason = reason.split('\n')[0]!;
      }
    }
  };
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
    let succeeded = false;
    try {
      for await (const [, { success, output }] of run([{ project, options }], context)) {
        if (output) (success ? console.log : console.error)(masked(output));
        succeeded = success;
      }
    } catch (error) {
      console.error(masked(`${project}: ${describeError(error)}`));
      return { success: false };
    }
    return { success: succeeded };
  };
}
