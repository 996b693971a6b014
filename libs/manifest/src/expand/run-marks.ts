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

/** A mark for a value of a run, in private-use characters, which are not allowed in tags. */
export function mark(name: string): string {
  return `\ue000${name}\ue001`;
}

/** Whether a value contains such a mark, or what a filter left of one. */
export function isMark(value: unknown): boolean {
  return typeof value === 'string' && /[\ue000\ue001]/.test(value);
}
