import type { Value } from './expand.ts';

const UNKNOWN: Value = { text: '*', unresolved: true };
const UNKNOWN_PATH: Value = { text: '**', unresolved: true };

/**
 * Build arguments that BuildKit sets by itself and that differ between platforms and builders:
 * https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
 */
const AUTOMATIC: [name: string, Value][] = [
  ['TARGETPLATFORM', UNKNOWN_PATH],
  ['TARGETOS', UNKNOWN],
  ['TARGETARCH', UNKNOWN],
  ['TARGETVARIANT', UNKNOWN],
  ['BUILDPLATFORM', UNKNOWN_PATH],
  ['BUILDOS', UNKNOWN],
  ['BUILDARCH', UNKNOWN],
  ['BUILDVARIANT', UNKNOWN],
];

/**
 * The variables of one stage, or of the lines before the first. `ENV` and `ARG` fill the same place and the later one
 * wins, as in BuildKit, though its documentation gives `ENV` the last word.
 */
export type Scope = Map<string, Value>;

/** The lines before the first FROM see the platform arguments without declaring them. */
export function globalScope(): Scope {
  return new Map(AUTOMATIC);
}

/** A stage sees what the stage that it starts from declares, and nothing of any other. */
export function stageScope(parent?: Scope): Scope {
  return new Map(parent);
}
