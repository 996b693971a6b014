/**
 * The package and release type of a name such as `ros/desktop`, if it may be either: release types have no slash,
 * packages may have several.
 */
export function ownerOf(name: string): { pkg: string; type?: string } {
  const slash = name.lastIndexOf('/');
  return slash === -1 ? { pkg: name } : { pkg: name.slice(0, slash), type: name.slice(slash + 1) };
}

/** The repositories that an entry of `repository` has for packages, and for single release types (`ros/desktop`). */
interface Registry {
  registry: Readonly<Record<string, string>>;
  /** Those that are not pushed there. */
  without?: ReadonlySet<string>;
}

/** The repository that an entry has for a release type of a package, if any: its own, else the package's. */
export function repositoryOf({ registry, without }: Registry, pkg: string, type: string): string | undefined {
  const key = [`${pkg}/${type}`, pkg].find((name) => Object.hasOwn(registry, name) || without?.has(name));
  return key === undefined || without?.has(key) ? undefined : registry[key];
}
