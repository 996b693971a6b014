/** How one task ended. */
export interface TaskOutcome {
  success: boolean;
  /** Nothing was tried, because something that it needs has failed; it is no success then. */
  skipped?: true;
  /** What there is to say of it, without a line end; empty when all has been said. */
  output: string;
  /** Whether the output holds how long it took. */
  saysTime?: true;
}
