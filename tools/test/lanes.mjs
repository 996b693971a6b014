import { createRequire } from 'node:module';

const { default: TestRunner } = createRequire(import.meta.url)('jest-runner');

/** Tests that share the engine: while one removes an image another must not be building. */
const needsEngine = ({ path }) => path.endsWith('.engine.test.ts');

/**
 * Runs tests in two lanes side by side, each one test file after another: those that need the engine, and the others. One
 * lane alone has the process to itself.
 */
// jest takes the default export.
// oxlint-disable-next-line import/no-default-export
export default class LaneRunner {
  supportsEventEmitters = true;
  isSerial = false;
  #lanes;

  constructor(globalConfig, context) {
    this.#lanes = [0, 1].map(() => new TestRunner({ ...globalConfig, maxWorkers: 1 }, context));
  }

  async runTests(tests, watcher) {
    const lanes = [tests.filter(needsEngine), tests.filter((test) => !needsEngine(test))];
    const serial = lanes.some((lane) => lane.length === 0);
    await Promise.all(
      lanes.map((lane, index) => lane.length > 0 && this.#lanes[index].runTests(lane, watcher, { serial })),
    );
  }

  on(event, listener) {
    const stops = this.#lanes.map((lane) => lane.on(event, listener));
    return () => stops.forEach((stop) => stop());
  }
}
