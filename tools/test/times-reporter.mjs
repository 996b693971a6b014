import { relative } from 'node:path';

/** Prints the time of each test file, longest first, and the command that runs a failed one alone. */
// jest uses the default export.
// oxlint-disable-next-line import/no-default-export
export default class TimesReporter {
  #root;

  constructor({ rootDir }) {
    this.#root = rootDir;
  }

  onRunComplete(_, { testResults }) {
    if (testResults.length < 2) return;
    const times = testResults
      .filter(({ skipped }) => !skipped)
      .map(({ testFilePath, perfStats: { start, end } }) => ({
        file: relative(this.#root, testFilePath),
        seconds: (end - start) / 1000,
      }))
      .sort((a, b) => b.seconds - a.seconds);
    const lines = times.map(({ file, seconds }) => `${seconds.toFixed(1).padStart(8)} s  ${file}`);
    const failed = testResults.filter(({ failureMessage }) => failureMessage);
    const alone = failed.map(({ testFilePath }) => `  tools/test/test ${relative(this.#root, testFilePath)}`);
    process.stderr.write(`\nTime of each test file:\n${lines.join('\n')}\n`);
    if (alone.length > 0) process.stderr.write(`\nRun what failed alone:\n${alone.join('\n')}\n`);
  }
}
