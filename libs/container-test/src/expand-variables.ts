/**
 * Replaces `$NAME` and `${NAME}` by values of the image's environment, as container-structure-test does in commands and
 * paths. A name without a value is left as it is, for the shell of a command.
 */
export function expandVariables(text: string, environment: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g,
    (whole, braced: string | undefined, bare: string | undefined) => environment.get(braced ?? bare ?? '') ?? whole,
  );
}
