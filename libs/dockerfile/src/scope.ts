import type { Value, Variables } from './expand.ts';

/**
 * Build arguments that BuildKit sets by itself and that differ between platforms and builders:
 * https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
 */
const AUTOMATIC = new Map<string, Value>(
  Object.entries({
    TARGETPLATFORM: '**',
    TARGETOS: '*',
    TARGETARCH: '*',
    TARGETVARIANT: '*',
    BUILDPLATFORM: '**',
    BUILDOS: '*',
    BUILDARCH: '*',
    BUILDVARIANT: '*',
  }).map(([name, text]) => [name, { text, unknown: [name] }]),
);

/** Whether BuildKit sets a variable by itself. */
export function isAutomatic(name: string): boolean {
  return AUTOMATIC.has(name);
}

/** The variables of one stage, or of the lines before the first. */
export interface Scope extends Variables {
  /** `ENV` and `ARG` fill the same place and the later one wins, as in BuildKit, though its documentation gives `ENV` the last word. */
  readonly values: Map<string, Value>;
  /** The part of it that the image keeps: what `ENV` has set. */
  readonly environment: Map<string, Value>;
}

/** What an image passes on to those that start FROM it. */
export interface Heritage {
  environment: ReadonlyMap<string, Value>;
  /** Whether it may have variables besides, of an image that nobody reads. */
  open: boolean;
  /** The texts of its `ONBUILD` instructions. */
  triggers: readonly string[];
}

/** What is known of an image that nobody reads: nothing. */
export const STRANGER: Heritage = { environment: new Map(), open: true, triggers: [] };

/** The empty image, `scratch`. */
export const SCRATCH: Heritage = { environment: new Map(), open: false, triggers: [] };

/** The lines before the first FROM see the platform arguments without declaring them. */
export function globalScope(): Scope {
  return { values: new Map(AUTOMATIC), environment: new Map(), open: false };
}

/** The scope of a stage that starts from an image. */
export function imageScope({ environment, open }: Heritage): Scope {
  return { values: new Map(environment), environment: new Map(environment), open };
}

/** The scope of a stage that starts from one of the given stages; it sees what that one declares, and nothing of any other. */
export function stageScope(parents: readonly Scope[]): Scope {
  return {
    values: agreed(parents.map(({ values }) => values)),
    environment: agreed(parents.map(({ environment }) => environment)),
    open: parents.length > 1 || parents.some(({ open }) => open),
  };
}

/** What all maps hold with the same text. */
function agreed([first, ...others]: readonly Map<string, Value>[]): Map<string, Value> {
  const all = [...(first ?? [])];
  return new Map(all.filter(([name, { text }]) => others.every((other) => other.get(name)?.text === text)));
}
