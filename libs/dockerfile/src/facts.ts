import type { Place, Problem } from './instructions.ts';
import type { Heritage } from './scope.ts';

/** Something of the build context that a Dockerfile uses. */
export interface ContextSource extends Place {
  /**
   * Relative to the context, without `./` or `/` before it or `/` after it; empty for the whole context. May hold the
   * wildcards that Docker knows, and `*` and `**` for variables without a known value.
   */
  path: string;
  instruction: 'COPY' | 'ADD' | 'RUN';
  /** Present where the path holds a variable without a known value. */
  unresolved?: true;
  /** Those of them that only the image which the stage starts from can set. */
  unknown?: string[];
}

/** An image of the outside that a Dockerfile names. */
export interface ImageReference extends Place {
  /** With the values of build arguments set in; a variable without a known value is `*`. */
  reference: string;
  kind: 'FROM' | 'COPY' | 'RUN';
  /** Where a part is not known: the reference as it is written. */
  written?: string;
  /** Where a part is not known: the names of the variables. */
  unknown?: readonly string[];
}

/** A secret or an SSH agent that a `RUN` mounts. */
export interface RunMount extends Place {
  type: 'secret' | 'ssh';
  id: string;
  /** Without it, BuildKit goes on where there is none. */
  required: boolean;
}

/** An entitlement that a `RUN` needs: https://docs.docker.com/reference/cli/docker/buildx/build/#allow */
export interface Entitlement extends Place {
  name: 'network.host' | 'security.insecure';
  /** As it is written. */
  flag: string;
}

export interface Stage {
  name?: string;
  /** An image, an earlier stage or `scratch`. */
  from: string;
  line: number;
}

/** What of a Dockerfile counts: that of the last stage and of those that it is made from, as nothing builds the others. */
export interface DockerfileFacts {
  /** All of them. */
  stages: Stage[];
  references: ImageReference[];
  sources: ContextSource[];
  mounts: RunMount[];
  entitlements: Entitlement[];
  /** Each declared build argument once, in order. */
  args: string[];
  /** The frontend that a `# syntax=` line asks for. */
  syntax?: string;
  /** What the image passes on to those that start FROM it. */
  heritage: Heritage;
}

export interface DockerfileReading {
  /** Absent when there are problems. */
  facts?: DockerfileFacts;
  problems: Problem[];
}
