import type { ScannerName } from '@nx-image-matrix/manifest';
import { findScanner, type Scanner } from '@nx-image-matrix/scan';

/** The scanners of one run: each is looked for once, and takes turns as it needs. */
export class UsedScanners {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #found = new Map<ScannerName | 'auto', Promise<Scanner>>();
  /** What the next scan of a scanner waits for. */
  readonly #turns = new Map<ScannerName, Promise<unknown>>();

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  /**
   * The scanner of a name, or with `auto` the first that is installed.
   * @throws EngineError `no-scanner`
   */
  find(name: ScannerName | 'auto'): Promise<Scanner> {
    const found = this.#found.get(name) ?? findScanner(name, this.#environment);
    this.#found.set(name, found);
    return found;
  }

  /**
   * Runs a scan when it may. The first scan of a run is alone, because it may bring the scanner's database up to date; one
   * whose cache is for one process is always alone.
   */
  async inTurn<T>({ name, parallel }: Scanner, scan: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(name);
    const turn = (before ?? Promise.resolve()).then(scan);
    if (!before || !parallel) {
      this.#turns.set(
        name,
        turn.catch(() => {}),
      );
    }
    return turn;
  }
}
