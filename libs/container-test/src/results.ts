/** The result of one test. */
export interface TestResult {
  /** Workspace-relative path of its file. */
  file: string;
  /** The kind of the test: `commandTests`. */
  kind: string;
  name: string;
  /** What was expected and what was found; empty if it passed. */
  failures: string[];
  /** Why it did not run; it then counts neither as passed nor as failed. */
  skipped?: string;
  /** Milliseconds. */
  duration: number;
}

/** The results of one image. */
export interface ImageResults {
  project: string;
  reference: string;
  results: readonly TestResult[];
}

export interface Counts {
  tests: number;
  failed: number;
  skipped: number;
  /** Milliseconds. */
  duration: number;
}

/** The numbers of an image's results. */
export function countResults(results: readonly TestResult[]): Counts {
  return {
    tests: results.length,
    failed: results.filter(({ failures }) => failures.length > 0).length,
    skipped: results.filter(({ skipped }) => skipped !== undefined).length,
    duration: results.reduce((sum, { duration }) => sum + duration, 0),
  };
}
