import { checkCommand, expandVariables, type CommandTest, type FailedSetup } from '@nx-image-matrix/container-test';
import type { ContainerResult } from '@nx-image-matrix/engine/containers';
import { withVariables, type SuiteContext } from './run-context.ts';

/** Exit code of a process that KILL has ended, which a test may expect. */
const KILLED = 137;

/**
 * Runs a command in a container, after its setup and before its teardown. Each setup command runs in a container of its
 * own, whose changes the next one has, so nothing is needed in the image but the commands.
 */
export async function runCommand(context: SuiteContext, test: CommandTest): Promise<string[]> {
  const { environment, list } = withVariables(context.environment, test.environment, expandVariables);
  const words = (command: readonly string[]): string[] => command.map((word) => expandVariables(word, environment));
  const chain = new Chain(context, list);
  const setup: FailedSetup[] = [];
  for (const command of test.setup) {
    const result = await chain.step(words(command));
    if (result.problem) return [`the setup command ${JSON.stringify(command)} did not end: ${result.problem}`];
    if (result.exitCode !== 0) setup.push({ command, exitCode: result.exitCode, stderr: result.stderr });
  }
  const result = await chain.step(words(test.command), test.teardown.length > 0);
  const failures = failuresOf(test, result, setup);
  for (const command of test.teardown) {
    const ended = await chain.step(words(command));
    if (ended.problem) failures.push(`the teardown command ${JSON.stringify(command)} did not end: ${ended.problem}`);
  }
  return failures;
}

function failuresOf(test: CommandTest, result: ContainerResult, setup: readonly FailedSetup[]): string[] {
  const { problem } = result;
  if (problem && !(result.exitCode === KILLED && test.exitCode === KILLED)) {
    return [`expected ${JSON.stringify(test.command)} to end with exit code ${test.exitCode}, but ${problem}`];
  }
  return checkCommand(test, result, setup);
}

/** Commands one after the other, each with what the ones before have changed. */
class Chain {
  readonly #context: SuiteContext;
  readonly #environment: readonly string[];
  #image: string;

  constructor(context: SuiteContext, environment: readonly string[]) {
    this.#context = context;
    this.#environment = environment;
    this.#image = context.image;
  }

  async step(command: readonly string[], keeps = true): Promise<ContainerResult> {
    const { containers, common, timeout } = this.#context;
    const id = await containers.create({
      ...common,
      image: this.#image,
      entrypoint: command,
      environment: [...(common.environment ?? []), ...this.#environment],
    });
    try {
      const result = await containers.run(id, timeout);
      if (keeps && !result.problem) this.#image = await containers.commit(id);
      return result;
    } finally {
      await containers.remove(id);
    }
  }
}
