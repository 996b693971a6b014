import { createRequire } from 'node:module';

const { default: TestRunner } = createRequire(import.meta.url)('jest-runner');

/** Tests that share the engine: one must not build while another removes an image. */
const needsEngine = ({ path }) => path.endsWith('.engine.test.ts');

/**
 * Runs tests in two lanes side by side, each one test file after another. The first lane begins with the tests that
 * need the engine, which never run at the same time; after them, both lanes take from the others until none is left.
 */
// jest uses the default export.
// oxlint-disable-next-line import/no-default-export
export default class LaneRunner {
  supportsEventEmitters = true;
  isSerial = false;
  #lanes;

  constructor(globalConfig, context) {
    this.#lanes = [0, 1].map(() => new TestRunner({ ...globalConfig, maxWorkers: 1 }, context));
  }

  async runTests(tests, watcher) {
    const engine = tests.filter(needsEngine);
    const others = batches(tests.filter((test) => !needsEngine(test)));
    // A single test has this process to itself: its output is printed as it is written.
    const serial = tests.length === 1;
    const run = async (lane, ...order) => {
      for (const queue of order) {
        while (queue.length > 0 && !watcher.isInterrupted()) await lane.runTests(queue.shift(), watcher, { serial });
      }
    };
    const [first, second] = this.#lanes;
    await Promise.all([run(first, engine.length > 0 ? [engine] : [], others), run(second, others)]);
  }

  on(event, listener) {
    const stops = this.#lanes.map((lane) => lane.on(event, listener));
    return () => stops.forEach((stop) => stop());
  }
}

/**
 * Tests of whole workspaces one by one, since each takes a while; then the short ones, which share a process in tens.
 */
function batches(tests) {
  const isLong = ({ path }) => path.endsWith('.e2e.test.ts');
  const short = tests.filter((test) => !isLong(test));
  const tens = Array.from({ length: Math.ceil(short.length / 10) }, (_, index) =>
    short.slice(index * 10, index * 10 + 10),
  );
  return [...tests.filter(isLong).map((test) => [test]), ...tens];
}
