/** Keeps the last lines pushed, for error messages. */
export class Tail {
  readonly #limit: number;
  #lines: string[] = [];

  constructor(limit = 40) {
    this.#limit = limit;
  }

  push(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > 2 * this.#limit) this.#lines = this.#lines.slice(-this.#limit);
  }

  get lines(): string[] {
    return this.#lines.slice(-this.#limit);
  }
}
