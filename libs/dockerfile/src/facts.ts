import type { Place, Problem } from './instructions.ts';

/** Something of the build context that a Dockerfile uses. */
export interface ContextSource extends Place {
  /**
   * Relative to the context, without `./` or `/` before it or `/` after it; empty for the whole context. May hold the
   * wildcards that Docker knows, and those that stand for variables without a known value.
   */
  path: string;
  instruction: 'COPY' | 'ADD' | 'RUN';
  /** Present where the path holds a variable without a known value. */
  unresolved?: true;
}

/** An image of the outside that a Dockerfile names. */
export interface ImageReference extends Place {
  /** With the values of build arguments set in; a variable without a known value is `*`. */
  reference: string;
  kind: 'FROM' | 'COPY' | 'RUN';
  /** As given to `FROM --platform`. */
  platform?: string;
  unresolved?: true;
}

export interface Stage {
  name?: string;
  /** An image, an earlier stage or `scratch`. */
  from: string;
  line: number;
}

export interface DockerfileFacts {
  stages: Stage[];
  references: ImageReference[];
  sources: ContextSource[];
  /** Each declared build argument once, in order. */
  args: string[];
  /** The frontend that a `# syntax=` line asks for. */
  syntax?: string;
}

export interface DockerfileReading {
  /** Absent when there are problems. */
  facts?: DockerfileFacts;
  problems: Problem[];
}
