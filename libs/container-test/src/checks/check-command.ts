import type { CommandTest } from '../suite.ts';
import { excerpt, words } from '../excerpt.ts';
import { checkText } from './check-text.ts';

/** How a command ended. */
export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A setup command that did not end with 0. */
export interface FailedSetup {
  command: readonly string[];
  exitCode: number;
  stderr: string;
}

/** What is wrong with the result of a command. */
export function checkCommand(test: CommandTest, result: CommandResult, setup: readonly FailedSetup[] = []): string[] {
  const failures = [
    ...checkText('standard error', result.stderr, test.error),
    ...checkText('standard output', result.stdout, test.output),
  ];
  if (result.exitCode !== test.exitCode) {
    const said = result.stderr.trim() === '' ? '' : `; standard error: ${excerpt(result.stderr)}`;
    failures.push(`expected exit code ${test.exitCode} of ${words(test.command)}, found ${result.exitCode}${said}`);
  }
  if (failures.length === 0) return [];
  // A setup command may fail, as in container-structure-test; it often explains the rest.
  return [...failures, ...setup.map(describeSetup)];
}

function describeSetup({ command, exitCode, stderr }: FailedSetup): string {
  return `the setup command ${words(command)} ended with ${exitCode}; standard error: ${excerpt(stderr)}`;
}
