/** The date of a run while tags are rendered, when it is not known yet. */
export class RunDate {
  readonly #text: string;
  /** What the date in a format is rendered as. */
  readonly format: (format: string) => string;

  constructor(text: string, format: (format: string) => string) {
    this.#text = text;
    this.format = format;
  }

  toString(): string {
    return this.#text;
  }
}
