import { Tail } from './process/tail.ts';

/** Lines of output that the error of a failed build contains. */
const limit = 40;

interface Step {
  /** `[2/2] RUN apt-get update` */
  name: string;
  log: Tail;
  failed: boolean;
}

/**
 * Selects the lines that the error of a failed build contains: the last lines of the failed step, and the engine's
 * error. BuildKit ends with a listing of the whole instruction, which hides them if a RUN is long.
 *
 * Reads the plain progress of BuildKit
 * (https://github.com/moby/buildkit/blob/master/util/progress/progressui/printer.go) and the output of podman and
 * buildah.
 */
export class BuildLog {
  readonly #all = new Tail(limit);
  readonly #steps = new Map<string, Step>();
  /** The current step of podman or buildah, which run steps one at a time. */
  #current?: Step;
  #place?: string;
  #error?: string;

  push(line: string): void {
    this.#all.push(shortened(line));
    const [, id, text = ''] = /^#(\d+) (.*)$/.exec(line) ?? [];
    if (id !== undefined) return this.#pushOfStep(id, text);
    if (/^(\[\d+\/\d+\] )?STEP \d+(\/\d+)?: /.test(line)) this.#current = newStep(line);
    else if (/^\S+:\d+$/.test(line)) this.#place = line;
    else if (line.startsWith('ERROR:')) this.#error = line;
    else this.#current?.log.push(shortened(line));
  }

  #pushOfStep(id: string, text: string): void {
    const step = this.#steps.get(id);
    if (!step) {
      this.#steps.set(id, newStep(text));
    } else if (text.startsWith('ERROR:')) {
      step.failed = true;
    } else if (/^(DONE|CACHED|CANCELED)\b/.test(text)) {
      step.log = new Tail(limit);
    } else {
      const [, said] = /^\d+\.\d+ (.*)$/.exec(text) ?? [];
      if (said !== undefined) step.log.push(shortened(said));
    }
  }

  /** The last lines of each failed step, below its name; those of the whole build if no step has output. */
  get lines(): string[] {
    if (this.#current) return [shortened(this.#current.name), ...this.#current.log.lines];
    const failed = [...this.#steps.values()].filter((step) => step.failed && step.log.lines.length > 0);
    if (failed.length === 0) return withoutListing(this.#all.lines);
    return [
      ...failed.flatMap(({ name, log }) => [
        shortened(`> ${name}`),
        ...log.lines.slice(-Math.ceil(limit / failed.length)),
      ]),
      ...[this.#place, this.#error].flatMap((line) => (line === undefined ? [] : [shortened(line)])),
    ];
  }
}

function newStep(name: string): Step {
  return { name, log: new Tail(limit), failed: false };
}

/** If the listing of an instruction is longer than a few lines, its place in the Dockerfile is enough. */
function withoutListing(lines: string[]): string[] {
  const end = lines.findLastIndex((line) => /^-{20}$/.test(line));
  const start = lines.slice(0, Math.max(end, 0)).findLastIndex((line) => /^-{20}$/.test(line));
  return end - start > 12 ? lines.toSpliced(start + 1, end - start) : lines;
}

/** Shortens a line in the middle: engines print a whole RUN on one line. */
export function shortened(line: string): string {
  return line.length > 400 ? `${line.slice(0, 200)} … ${line.slice(-180)}` : line;
}
