import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnRegistry } from '../../../engine/src/testing/own-registry.ts';
import {
  drips,
  refuses,
  resets,
  times,
  truncates,
  type Concerned,
} from '../../../engine/src/testing/registry-faults.ts';
import type { Intercept } from '../../../engine/src/testing/registry-proxy.ts';

/** Where a fault can hit a task: which of its requests are for what. */
interface Stage {
  blob: Concerned;
  manifest: Concerned;
  /** Requests during which the registry is killed. */
  midway: Concerned;
  registry: OwnRegistry;
}

export interface Fault {
  name: string;
  /** The message of the task when it gives up; absent if it must survive. */
  words?: RegExp;
  /** The number of tries until then; absent if it does not matter. */
  tries?: number;
  intercept: (stage: Stage) => Intercept;
}

const trouble = { words: /has trouble; try again later/, tries: 5 };
const limited = { words: /limits how often it is asked/, tries: 5 };
const refused = { words: /log in to /, tries: 1 };
const login = { 'www-authenticate': 'Basic realm="registry"' };

const serverErrors: Fault[] = [500, 503].flatMap((status) =>
  (['blob', 'manifest'] as const).flatMap((part): Fault[] => [
    { name: `${status} once, ${part}`, intercept: (stage) => times(1, refuses(stage[part], status)) },
    { name: `${status} always, ${part}`, ...trouble, intercept: (stage) => refuses(stage[part], status) },
  ]),
);

const rateLimits: Fault[] = [undefined, { 'retry-after': '1' }].flatMap((headers): Fault[] => {
  const suffix = headers ? ', Retry-After: 1' : '';
  return [
    { name: `429 twice${suffix}`, intercept: ({ manifest }) => times(2, refuses(manifest, 429, headers)) },
    { name: `429 always${suffix}`, ...limited, intercept: ({ manifest }) => refuses(manifest, 429, headers) },
  ];
});

const refusals: Fault[] = [
  { name: '401', ...refused, intercept: ({ blob }) => refuses(blob, 401, login) },
  { name: '403', ...refused, intercept: ({ manifest }) => refuses(manifest, 403) },
  { name: '404', words: /may have to be created/, tries: 1, intercept: ({ manifest }) => refuses(manifest, 404) },
];

const connections: Fault[] = [
  { name: 'reset once', intercept: ({ blob }) => times(1, resets(blob)) },
  { name: 'reset always', words: /is the registry .*running/, tries: 5, intercept: ({ manifest }) => resets(manifest) },
  { name: 'slow drip', intercept: ({ blob, manifest }) => drips((asked) => blob(asked) || manifest(asked), 16, 20) },
  { name: 'truncated answer once', intercept: ({ blob }) => times(1, truncates(blob)) },
  // The request succeeds every time, so the next try finds the result.
  { name: 'truncated answers always', intercept: ({ manifest }) => truncates(manifest) },
  { name: 'registry killed, back after 1.5 s', intercept: killed },
];

/** All faults of a registry. */
export const faults: Fault[] = [...serverErrors, ...rateLimits, ...refusals, ...connections];

function killed({ midway, registry }: Stage): Intercept {
  return times(1, (incoming, _response, pass) => {
    if (!midway(incoming)) return false;
    pass();
    void registry
      .kill()
      .then(() => sleep(1_500))
      .then(() => registry.start());
    return true;
  });
}
