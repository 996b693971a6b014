/** The outcome of one task. */
export interface TaskOutcome {
  success: boolean;
  /** Nothing was tried, because a dependency has failed; `success` is then false. */
  skipped?: true;
  /** Text to print, without a line end; empty if everything has been printed. */
  output: string;
  /** Whether the output contains the duration. */
  saysTime?: true;
}
