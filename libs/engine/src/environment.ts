/** The value of a variable that a user named; ignores the methods that `process.env` has as an object. */
export function variableOf(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined;
}
