import type { Value, Variables } from './expand.ts';

/**
 * Build arguments that BuildKit sets and that differ between platforms and builders:
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

/** Whether BuildKit sets a variable. */
export function isAutomatic(name: string): boolean {
  return AUTOMATIC.has(name);
}

/** The variables of one stage, or of the lines before the first stage. */
export interface Scope extends Variables {
  /**
   * `ENV` and `ARG` share one place and the later one wins, as in BuildKit, although its documentation says that `ENV`
   * always does.
   */
  readonly values: Map<string, Value>;
  /** Those that the image keeps: the values of `ENV`. */
  readonly environment: Map<string, Value>;
}

/** What images that start `FROM` it inherit. */
export interface Heritage {
  environment: ReadonlyMap<string, Value>;
  /** Whether it may have other variables, from an external image. */
  open: boolean;
  /** The texts of its `ONBUILD` instructions. */
  triggers: readonly string[];
}

/** An external image: nothing is known. */
export const EXTERNAL_IMAGE: Heritage = { environment: new Map(), open: true, triggers: [] };

/** The empty image, `scratch`. */
export const SCRATCH: Heritage = { environment: new Map(), open: false, triggers: [] };

/** The lines before the first `FROM` see the platform arguments without declaring them. */
export function globalScope(): Scope {
  return { values: new Map(AUTOMATIC), environment: new Map(), open: false };
}

/** The scope of a stage that starts from an image. */
export function imageScope({ environment, open }: Heritage): Scope {
  return { values: new Map(environment), environment: new Map(environment), open };
}

/** The scope of a stage that starts from one of these stages; it sees only what that stage declares. */
export function stageScope(parents: readonly Scope[]): Scope {
  return {
    values: agreed(parents.map(({ values }) => values)),
    environment: agreed(parents.map(({ environment }) => environment)),
    open: parents.length > 1 || parents.some(({ open }) => open),
  };
}

/** The entries that all maps share. */
function agreed([first, ...others]: readonly Map<string, Value>[]): Map<string, Value> {
  const all = [...(first ?? [])];
  return new Map(all.filter(([name, { text }]) => others.every((other) => other.get(name)?.text === text)));
}
