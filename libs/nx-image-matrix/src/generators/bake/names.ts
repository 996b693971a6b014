/**
 * Valid bake names for the given names: letters, digits, `_` and `-`
 * (https://github.com/docker/buildx/blob/master/bake/bake.go, `targetNamePattern`).
 * @throws Error if two become the same
 */
export function assignNames(names: readonly string[]): Map<string, string> {
  const assigned = new Map<string, string>();
  const owners = new Map<string, string>();
  for (const name of names) {
    const target = name.replaceAll(/[^\w-]/g, '_');
    const owner = owners.get(target);
    if (owner !== undefined)
      throw new Error(`"${owner}" and "${name}" would both be called "${target}" in a bake file. Rename one of them.`);
    owners.set(target, name);
    assigned.set(name, target);
  }
  return assigned;
}
