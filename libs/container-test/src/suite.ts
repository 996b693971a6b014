import type { Pattern } from './pattern.ts';

/** An environment variable. */
export interface Variable {
  key: string;
  value: string;
}

/** What the value of a variable or a label must be. */
export interface ExpectedValue {
  key: string;
  /** The whole value, or an expression that is found in it. */
  value: string | Pattern;
}

/** Expressions that a text must have, and those that it must not. */
export interface ExpectedText {
  expected: Pattern[];
  excluded: Pattern[];
}

/** A command in a container of the image. */
export interface CommandTest {
  name: string;
  /** Commands before it, in order; each sees what the one before has changed. */
  setup: string[][];
  /** Commands after it. */
  teardown: string[][];
  environment: Variable[];
  command: string[];
  output: ExpectedText;
  error: ExpectedText;
  exitCode: number;
}

export type Executor = 'any' | 'group' | 'other' | 'owner';

/** A file, a folder or a link that the image has or does not have. */
export interface ExistenceTest {
  name: string;
  path: string;
  shouldExist: boolean;
  /** As Go writes a mode: `-rw-r--r--`, `drwxr-xr-x`. */
  permissions?: string;
  uid?: number;
  gid?: number;
  executableBy?: Executor;
}

/** The content of a file of the image. */
export interface ContentTest {
  name: string;
  path: string;
  contents: ExpectedText;
}

/** The configuration of the image. */
export interface MetadataTest {
  environment: ExpectedValue[];
  unbound: string[];
  labels: ExpectedValue[];
  exposedPorts: string[];
  unexposedPorts: string[];
  volumes: string[];
  unmountedVolumes: string[];
  entrypoint?: string[];
  cmd?: string[];
  workdir?: string;
  user?: string;
}

/** A service that the image starts. */
export interface ServiceTest {
  name: string;
  /** Replaces the entry point of the image, if present. */
  command?: string;
  /** Replaces the command of the image, if present. */
  args?: string[];
  environment: Variable[];
  /** The port in the container that must answer. */
  port: number;
  /** What an HTTP request must get; without it, a TCP connection is enough. */
  http?: { path: string; status: number; body: Pattern[] };
  /** Milliseconds. */
  within: number;
}

/** How the containers of a file are started. */
export interface RunSettings {
  user?: string;
  privileged: boolean;
  tty: boolean;
  /** Path of a file with `KEY=value` lines. */
  envFile?: string;
  /** Names of variables that are passed on from the environment. */
  passed: string[];
  capabilities: string[];
  /** `SOURCE:TARGET[:OPTIONS]` */
  bindMounts: string[];
}

/** All tests of one file. */
export interface TestSuite {
  /** Environment of every command and service. */
  environment: Variable[];
  commands: CommandTest[];
  existence: ExistenceTest[];
  contents: ContentTest[];
  metadata?: MetadataTest;
  services: ServiceTest[];
  settings: RunSettings;
  /** Keys of the file whose tests are not run. */
  unsupported: string[];
}
