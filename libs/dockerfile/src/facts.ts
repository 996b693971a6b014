import type { Place, Problem } from './instructions.ts';
import type { Heritage } from './scope.ts';

/** A file or folder of the build context that a Dockerfile uses. */
export interface ContextSource extends Place {
  /**
   * Relative to the context, without a leading `./` or `/` and without a trailing `/`; empty for the whole context. May
   * contain Docker's wildcards, and `*` and `**` for variables without a known value.
   */
  path: string;
  instruction: 'COPY' | 'ADD' | 'RUN';
  /** Present if the path contains a variable without a known value. */
  unresolved?: true;
  /** Those of them that only the image of the stage's `FROM` can set. */
  unknown?: string[];
}

/** An external image that a Dockerfile names. */
export interface ImageReference extends Place {
  /** With the values of build arguments; `*` for a variable without a known value. */
  reference: string;
  kind: 'FROM' | 'COPY' | 'RUN';
  /** The reference as written, if it differs. */
  written?: string;
  /** If a part is unknown: the names of the variables. */
  unknown?: readonly string[];
}

/** A secret or an SSH agent that a `RUN` mounts. */
export interface RunMount extends Place {
  type: 'secret' | 'ssh';
  id: string;
  /** If false, BuildKit continues without it. */
  required: boolean;
}

/** An entitlement that a `RUN` requires: https://docs.docker.com/reference/cli/docker/buildx/build/#allow */
export interface Entitlement extends Place {
  name: 'network.host' | 'security.insecure';
  /** As written. */
  flag: string;
}

export interface Stage {
  name?: string;
  /** An image, an earlier stage or `scratch`. */
  from: string;
  line: number;
}

/**
 * The relevant facts of a Dockerfile: those of the last stage and of the stages it is built from. Others are not built.
 */
export interface DockerfileFacts {
  /** All stages. */
  stages: Stage[];
  /** The image or `scratch` that the last stage starts from, through other stages; absent if unknown. */
  base?: string;
  references: ImageReference[];
  sources: ContextSource[];
  mounts: RunMount[];
  entitlements: Entitlement[];
  /** Each declared build argument once, in order. */
  args: string[];
  /** The frontend of a `# syntax=` line. */
  syntax?: string;
  /** What images that start `FROM` this one inherit. */
  heritage: Heritage;
}

export interface DockerfileReading {
  /** Absent if there are problems. */
  facts?: DockerfileFacts;
  problems: Problem[];
}
