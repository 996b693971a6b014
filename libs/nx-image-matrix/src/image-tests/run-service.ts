import { setTimeout as sleep } from 'node:timers/promises';
import { excerpt, expandVariables, type ServiceTest } from '@nx-image-matrix/container-test';
import type { ContainerResult, RunningContainer } from '@nx-image-matrix/engine/containers';
import { askHttp, asksTcp } from './answers.ts';
import { withVariables, type SuiteContext } from './run-context.ts';

/** Milliseconds between two questions to a service. */
const PAUSE = 200;

/** Starts the image and waits until it answers; the output of the container is part of a failure. */
export async function runService(context: SuiteContext, test: ServiceTest): Promise<string[]> {
  const { containers, common, image } = context;
  const { environment, list } = withVariables(context.environment, test.environment, expandVariables);
  const args = test.args?.map((word) => expandVariables(word, environment));
  const id = await containers.create({
    ...common,
    image,
    ...(test.command && { entrypoint: [expandVariables(test.command, environment)] }),
    ...(args && { args }),
    environment: [...(common.environment ?? []), ...list],
    port: test.port,
  });
  try {
    const container = containers.start(id, test.within + 5_000);
    const problem = await problemOf(test, container);
    await container.stop();
    if (problem === undefined) return [];
    return [`expected ${wanted(test)}, ${problem}; ${outputOf(await container.ended)}`];
  } finally {
    await containers.remove(id);
  }
}

/** Asks again and again; the last answer is the one that counts in the end. */
async function problemOf(test: ServiceTest, container: RunningContainer): Promise<string | undefined> {
  const deadline = performance.now() + test.within;
  let last = 'found no answer';
  let ended: ContainerResult | undefined;
  void container.ended.then(
    (result) => (ended = result),
    () => undefined,
  );
  while (performance.now() < deadline) {
    const left = deadline - performance.now();
    const address = await container.address(test.port);
    const found = address && (await answer(test, address, Math.min(left, 5_000)));
    if (found === undefined && address) return undefined;
    last = found ?? last;
    if (ended) return ended.problem ? `but ${ended.problem}` : `but it ended with exit code ${ended.exitCode}`;
    await sleep(PAUSE);
  }
  return last;
}

/** What is wrong with the answer of a service; `undefined` if nothing is. */
async function answer(
  { http }: ServiceTest,
  address: { host: string; port: number },
  timeout: number,
): Promise<string | undefined> {
  if (!http) return (await asksTcp(address, timeout)) ? undefined : 'found nothing that listens there';
  const found = await askHttp(address, http.path, timeout);
  if (typeof found === 'string') return `found no answer: ${found}`;
  if (found.status !== http.status) return `found the status ${found.status} with the body ${excerpt(found.body)}`;
  const missing = http.body.find((pattern) => !pattern.isIn(found.body));
  return missing && `found the body ${excerpt(found.body)}, without /${missing.source}/`;
}

function wanted({ port, http, within }: ServiceTest): string {
  const time = `within ${within / 1_000} s`;
  if (!http) return `port ${port} to answer ${time}`;
  const body = http.body.map(({ source }) => `, with /${source}/ in its body`).join('');
  return `status ${http.status} of GET ${http.path} on port ${port} ${time}${body}`;
}

function outputOf({ stdout, stderr }: ContainerResult): string {
  return `standard output: ${excerpt(stdout)}; standard error: ${excerpt(stderr)}`;
}
