import { redraws } from './nx-output.ts';

describe('whether Nx redraws over the output of a batch', () => {
  it.each<[boolean, string, NodeJS.ProcessEnv, string[], boolean]>([
    [true, 'in a terminal without the terminal UI', { NX_TUI: 'false' }, [], true],
    [true, 'when asked for', { NX_TUI: 'false' }, ['--output-style=dynamic-legacy'], true],
    [true, 'when asked for in two words', { NX_TUI: 'false' }, ['--outputStyle', 'dynamic'], true],
    [false, 'in the terminal UI', { NX_TUI: 'true' }, [], true],
    [false, 'where it does not write to a terminal', { NX_TUI: 'false' }, [], false],
    [false, 'in CI', { CI: 'true' }, [], true],
    [true, 'where CI is denied', { CI: 'false', GITHUB_ACTIONS: 'true' }, [], true],
    [false, 'with --verbose', { NX_VERBOSE_LOGGING: 'true' }, [], true],
    [false, 'when it streams', { NX_STREAM_OUTPUT: 'true' }, ['--output-style=stream'], true],
    [false, 'in a static style', {}, ['--output-style', 'static'], true],
    [false, 'in a static style of the environment', { NX_DEFAULT_OUTPUT_STYLE: 'static-failures-only' }, [], true],
    [false, 'where that is turned off', { NX_TASKS_RUNNER_DYNAMIC_OUTPUT: 'false' }, [], true],
  ])('%s %s', (expected, _, environment, args, terminal) => {
    expect(redraws(environment, () => ({ args: ['nx', 'run-many', ...args], terminal }))).toBe(expected);
  });
});
