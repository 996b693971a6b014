import { BadContent, EngineError } from '@nx-image-matrix/engine';

interface AvailabilitySettings {
  /** Says something about the repository to the user. */
  note: (line: string) => void;
  /** Whether the run can do without it, so that a slow one is not waited for. */
  isOptional?: boolean;
}

/** Milliseconds of a slow answer, and how many of them one after the other are too many. */
const SLOW = 3_000;
const MOST_SLOW = 3;

/**
 * Whether a staging repository can be read and written, as far as a run knows. What fails there never fails the run: it
 * goes on as if nothing were there, and says so once.
 */
export class Availability {
  readonly #repository: string;
  readonly #settings: AvailabilitySettings;
  readonly #notes = new Set<string>();
  #isReadable = true;
  #isWritable = true;
  #slow = 0;

  constructor(repository: string, settings: AvailabilitySettings) {
    this.#repository = repository;
    this.#settings = settings;
  }

  get isReadable(): boolean {
    return this.#isReadable;
  }

  get isWritable(): boolean {
    return this.#isReadable && this.#isWritable;
  }

  /** Says each thing once. */
  note(line: string): void {
    if (this.#notes.has(line)) return;
    this.#notes.add(line);
    this.#settings.note(line);
  }

  /**
   * The answer to a question about one tag; `undefined` after a failure. Anybody who may write there can put anything under
   * one tag, so only other failures concern the repository.
   */
  async tolerant<T>(reference: string, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof BadContent) this.note(`${reference} does not count: ${error.message}`);
      else this.#unreadable(error);
      return undefined;
    }
  }

  /** An answer that takes long is counted: a repository that only answers so is given up if the run can do without it. */
  async timed<T>(ask: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const answer = await ask();
    const milliseconds = performance.now() - started;
    this.#slow = milliseconds > SLOW ? this.#slow + 1 : 0;
    if (this.#settings.isOptional && this.#slow >= MOST_SLOW) {
      this.#giveUp(`it takes ${Math.round(milliseconds / 1000)} s to answer`);
    }
    return answer;
  }

  /** Nothing is put there any more. Throws what is not a failure of a registry. */
  unwritable(error: unknown): void {
    if (!(error instanceof EngineError)) throw error;
    if (!this.#isWritable) return;
    this.#isWritable = false;
    const why = error.code === 'unauthorized' ? 'this login may only read' : error.message;
    this.note(`nothing is put into staging in ${this.#repository} in this run: ${why}`);
  }

  #unreadable(error: unknown): void {
    if (!(error instanceof EngineError) || error.code === 'interrupted') throw error;
    this.#giveUp(error.message);
  }

  #giveUp(why: string): void {
    if (!this.#isReadable) return;
    this.#isReadable = false;
    this.note(`staging in ${this.#repository} is not used in this run: ${why}`);
  }
}
