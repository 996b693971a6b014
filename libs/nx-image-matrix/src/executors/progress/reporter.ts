import { masked } from '@nx-image-matrix/engine';
import { duration } from '@nx-image-matrix/format';
import type { TaskOutcome } from '../task-outcome.ts';
import type { Times } from '../schedule.ts';

/** Lines of an image's log to keep in case it fails. */
const KEPT_LINES = 1_000;

/** Milliseconds after which a run also prints the remaining time. */
const LONG = 15_000;

/** Reports the progress of a run: a line when an image starts, and a line when it ends. Masks secrets. */
export interface Reporter {
  /** An image starts. */
  started: (line: string) => void;
  /** A message that the user should see at once. */
  note: (project: string, line: string) => void;
  /** A line of the engine: printed at once if requested, else kept until the image ends. */
  log: (project: string, line: string) => void;
  /**
   * Reports the outcome of an image in one line.
   * @returns what remains for the end of the run: the log and the error of a failed image.
   */
  ended: (project: string, outcome: TaskOutcome, times?: Times) => string;
}

export interface ReporterOptions {
  /** Number of images in the run. */
  total: number;
  /** Print the output of the engine. */
  verbose: boolean;
  print: (line: string) => void;
  /** Milliseconds. */
  now?: () => number;
}

/** A reporter for one run. */
export function reporter({ total, verbose, print, now = Date.now }: ReporterOptions): Reporter {
  const logs = new Map<string, KeptLog>();
  const since = now();
  let done = 0;

  const say = (project: string, line: string): void => print(masked(total > 1 ? `${project} | ${line}` : line));

  const facts = (times: Times | undefined): string => {
    done += 1;
    const left = timeLeft(now() - since, done, total);
    const all = [
      ...(times ? [duration(times.end - times.start)] : []),
      ...(total > 1 ? [`${done}/${total}`] : []),
      ...(left === undefined ? [] : [`about ${left} left`]),
    ];
    return all.length === 0 ? '' : ` [${all.join(', ')}]`;
  };

  return {
    started: (line) => print(masked(line)),
    note: say,
    log: (project, line) => {
      if (verbose) return say(project, line);
      const log = logs.get(project) ?? new KeptLog();
      logs.set(project, log);
      log.add(masked(line));
    },
    ended: (project, { success, skipped, output, saysTime }, times) => {
      const log = logs.get(project);
      logs.delete(project);
      const end = facts(saysTime ? undefined : times);
      const said = success || skipped ? output.replaceAll('\n', ', ') : `${project} failed`;
      if (said) print(masked(said + end));
      if (success) return '';
      return masked([...(log && !skipped ? log.lines() : []), output].join('\n'));
    },
  };
}

/** Prints nothing. */
export const quiet: Reporter = reporter({ total: 1, verbose: false, print: () => undefined });

/** The remaining time at the current pace; `undefined` if it is too short to print. */
function timeLeft(elapsed: number, done: number, total: number): string | undefined {
  if (done === total || elapsed < LONG) return undefined;
  const seconds = Math.round(((elapsed / done) * (total - done)) / 1_000);
  return seconds < 60 ? `${Math.max(1, seconds)} s` : duration(seconds * 1_000);
}

/** The last lines of a log. */
class KeptLog {
  #lines: string[] = [];
  #dropped = 0;

  add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length < 2 * KEPT_LINES) return;
    this.#dropped += KEPT_LINES;
    this.#lines = this.#lines.slice(KEPT_LINES);
  }

  lines(): string[] {
    const lines = this.#lines.slice(-KEPT_LINES);
    const dropped = this.#dropped + this.#lines.length - lines.length;
    return dropped === 0 ? lines : [`(${dropped} lines before; --verbose shows all)`, ...lines];
  }
}
