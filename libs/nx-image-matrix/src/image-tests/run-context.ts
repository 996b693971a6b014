import type { RunSettings, TestResult, Variable } from '@nx-image-matrix/container-test';
import type { Containers, ContainerRequest } from '@nx-image-matrix/engine/containers';

/** What the tests of one file have in common. */
export interface SuiteContext {
  containers: Containers;
  /** ID of the image. */
  image: string;
  /** Workspace-relative path of the file. */
  file: string;
  /** Of the image. */
  environment: ReadonlyMap<string, string>;
  /** Of each container of the file, with variables filled in. */
  common: Pick<
    ContainerRequest,
    'bindMounts' | 'capabilities' | 'environment' | 'passed' | 'privileged' | 'tty' | 'user'
  >;
  /** Milliseconds. */
  timeout: number;
}

/** Runs one test and takes its time; what is thrown fails it. */
export async function timed(
  { file }: Pick<SuiteContext, 'file'>,
  kind: string,
  name: string,
  test: () => Promise<string[]>,
): Promise<TestResult> {
  const start = performance.now();
  const failures = await test();
  return { file, kind, name, failures, duration: Math.round(performance.now() - start) };
}

/** The settings of containers that `containerRunOptions` has. */
export function requestOf(settings: RunSettings): SuiteContext['common'] {
  return {
    ...(settings.user && { user: settings.user }),
    privileged: settings.privileged,
    tty: settings.tty,
    capabilities: settings.capabilities,
    passed: settings.passed,
  };
}

/** `KEY=value` of variables, and the environment with them; each value may use those before it. */
export function withVariables(
  environment: ReadonlyMap<string, string>,
  variables: readonly Variable[],
  expand: (text: string, environment: ReadonlyMap<string, string>) => string,
): { environment: ReadonlyMap<string, string>; list: string[] } {
  const all = new Map(environment);
  const list = variables.map(({ key, value }) => {
    const expanded = expand(value, all);
    all.set(key, expanded);
    return `${key}=${expanded}`;
  });
  return { environment: all, list };
}
