/** The value of a variable that a user named: `process.env` has the methods of every object as well. */
export function variableOf(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined;
}
