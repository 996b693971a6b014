/**
 * Limits the CPU time of a computation in this thread. Wall-clock time would include whatever else runs on the machine.
 */
export class WorkTimer {
  readonly #limit: number;
  readonly #began = performance.now();
  readonly #cpu = recentUsage(this.#began);
  /** Wall-clock time: the limit cannot be used up sooner. */
  #next: number;

  /** Starts the timer. `limit` is in milliseconds. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#next = this.#began + limit;
  }

  /** Whether the limit is used up. Nearly always reads only the wall clock. */
  isOver(): boolean {
    if (performance.now() <= this.#next) return false;
    const left = this.#limit - this.spent();
    this.#next = performance.now() + left;
    return left <= 0;
  }

  /** Milliseconds so far. CPU time is that of all threads, and can be longer than the time that passed. */
  spent(): number {
    const { user, system } = process.cpuUsage(this.#cpu);
    return Math.min(performance.now() - this.#began, (user + system) / 1000);
  }

  /** Milliseconds beyond an allowance: nearly always 0, known from the wall clock alone. */
  spentBeyond(allowance: number): number {
    return performance.now() - this.#began <= allowance ? 0 : Math.max(0, this.spent() - allowance);
  }
}

/** Wall-clock milliseconds during which CPU time is not read again: timers start by the thousand. */
const RECENT = 10;

let asked = -Infinity;
let usage: NodeJS.CpuUsage;

/** CPU time as of a moment ago; timers that start soon after each other are at most that moment off. */
function recentUsage(now: number): NodeJS.CpuUsage {
  if (now - asked > RECENT) {
    asked = now;
    usage = process.cpuUsage();
  }
  return usage;
}
