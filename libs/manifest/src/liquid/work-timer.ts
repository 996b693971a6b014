/**
 * Limits what a computation of this thread may take: in CPU time, since that of a clock is also the time of whatever else
 * runs on the machine.
 */
export class WorkTimer {
  readonly #limit: number;
  readonly #began = performance.now();
  readonly #cpu = recentUsage(this.#began);
  /** By the clock: the limit cannot be used up any sooner. */
  #next: number;

  /** Starts it. `limit` is in milliseconds. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#next = this.#began + limit;
  }

  /** Whether the limit is used up. Asks for the time of a clock only, nearly always. */
  isOver(): boolean {
    if (performance.now() <= this.#next) return false;
    const left = this.#limit - this.spent();
    this.#next = performance.now() + left;
    return left <= 0;
  }

  /** Milliseconds so far. CPU time is that of all threads, so it may be longer than it took. */
  spent(): number {
    const { user, system } = process.cpuUsage(this.#cpu);
    return Math.min(performance.now() - this.#began, (user + system) / 1000);
  }

  /** Milliseconds so far beyond an allowance: none, nearly always, by the time of a clock alone. */
  spentBeyond(allowance: number): number {
    return performance.now() - this.#began <= allowance ? 0 : Math.max(0, this.spent() - allowance);
  }
}

/** Milliseconds by the clock, for which CPU time is not asked for again: timers start by the thousand. */
const RECENT = 10;

let asked = -Infinity;
let usage: NodeJS.CpuUsage;

/** CPU time as of a moment ago: what timers that start soon after each other count besides is no more than that moment. */
function recentUsage(now: number): NodeJS.CpuUsage {
  if (now - asked > RECENT) {
    asked = now;
    usage = process.cpuUsage();
  }
  return usage;
}
